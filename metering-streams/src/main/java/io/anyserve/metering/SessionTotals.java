package io.anyserve.metering;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.wire.UsageWire;
import java.time.Instant;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** How ledger lines add up to the totals of their session. */
final class SessionTotals {

  static final Serde<SessionUsage> SERDE =
      Serdes.serdeFrom(
          (_, usage) -> UsageWire.encode(usage), (_, bytes) -> UsageWire.decodeSession(bytes));

  private SessionTotals() {}

  /** The record key of the session's totals. */
  static String key(TenantId tenant, SessionId session) {
    return tenant + "/" + session;
  }

  static SessionUsage sum(SessionUsage a, SessionUsage b) {
    return new SessionUsage(
        a.tenant(),
        a.session(),
        a.finished() + b.finished(),
        a.failed() + b.failed(),
        a.cancelled() + b.cancelled(),
        a.usage().plus(b.usage()),
        a.chunks() + b.chunks(),
        earlier(a.firstAt(), b.firstAt()),
        later(a.lastAt(), b.lastAt()));
  }

  private static Instant earlier(Instant a, Instant b) {
    return b.isBefore(a) ? b : a;
  }

  private static Instant later(Instant a, Instant b) {
    return b.isAfter(a) ? b : a;
  }

  /** Turns a line into what it adds to its session, under the session's key. */
  static final class Keying extends ContextualProcessor<byte[], Output, String, SessionUsage> {

    @Override
    public void process(Record<byte[], Output> record) {
      if (record.value() instanceof Output.Line(var line)) {
        SessionUsage added = SessionUsage.of(line);
        context()
            .forward(new Record<>(key(added.tenant(), added.session()), added, record.timestamp()));
      }
    }
  }
}
