package io.anyserve.ingress.response;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.Optional;

/**
 * What this ingress has told clients of a request.
 *
 * @param followed whether this ingress reads its stream, or did until the end
 * @param run that counts; empty where no worker took it
 * @param end with the counts that its client was told
 */
public record RecentRequest(
    TenantId tenant, SessionId session, boolean followed, Optional<Run> run, Optional<End> end) {

  /** An attempt at it. */
  public record Run(int attempt, Started started) {}

  /**
   * Its end.
   *
   * @param chunks that counted
   */
  public record End(Terminal terminal, long chunks) {}

  static RecentRequest accepted(TenantId tenant, SessionId session) {
    return new RecentRequest(tenant, session, true, Optional.empty(), Optional.empty());
  }

  RecentRequest unfollowed() {
    return new RecentRequest(tenant, session, false, run, end);
  }

  RecentRequest with(Run latest) {
    return new RecentRequest(tenant, session, true, Optional.of(latest), end);
  }

  RecentRequest with(End last) {
    return new RecentRequest(tenant, session, true, run, Optional.of(last));
  }
}
