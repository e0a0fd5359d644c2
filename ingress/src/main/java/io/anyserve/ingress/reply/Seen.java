package io.anyserve.ingress.reply;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.Optional;

/**
 * What this ingress has told callers of a request.
 *
 * @param run that counts; empty where no worker took it
 * @param end with the counts that its caller was told
 */
public record Seen(TenantId tenant, SessionId session, Optional<Run> run, Optional<End> end) {

  /** An attempt at it. */
  public record Run(int attempt, Started started) {}

  /**
   * Its end.
   *
   * @param chunks that counted
   */
  public record End(Terminal terminal, long chunks) {}

  static Seen accepted(TenantId tenant, SessionId session) {
    return new Seen(tenant, session, Optional.empty(), Optional.empty());
  }

  Seen with(Run latest) {
    return new Seen(tenant, session, Optional.of(latest), end);
  }

  Seen with(End last) {
    return new Seen(tenant, session, run, Optional.of(last));
  }
}
