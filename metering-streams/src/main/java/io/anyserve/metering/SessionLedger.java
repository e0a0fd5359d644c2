package io.anyserve.metering;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import java.util.Optional;
import java.util.function.Consumer;

/** Answers what sessions used. Thread-safe. */
public interface SessionLedger {

  /**
   * The totals of a session as far as they are counted; empty when it has no ledger line yet.
   * Throws a FailureException while the totals cannot be read.
   */
  Optional<SessionUsage> find(TenantId tenant, SessionId session);

  /**
   * Hands over the totals whenever they change, on the thread that counts: the watcher must return
   * at once. Totals may come twice, and after a fault once more from a little earlier.
   */
  Watch watch(TenantId tenant, SessionId session, Consumer<SessionUsage> watcher);

  /** Ends when closed; closing twice is harmless. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
