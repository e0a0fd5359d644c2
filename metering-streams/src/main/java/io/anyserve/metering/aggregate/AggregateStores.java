package io.anyserve.metering.aggregate;

import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The stored aggregates of one partition of {@code usage}; values are those of the topics. Owned by
 * the thread of its task.
 */
public record AggregateStores(
    KeyValueStore<String, byte[]> sessions,
    KeyValueStore<String, byte[]> tenants,
    KeyValueStore<String, byte[]> windows) {

  public static final String SESSIONS = "account-sessions";
  public static final String TENANTS = "account-tenants";
  public static final String WINDOWS = "account-windows";
  public static final String POSITIONS = "account-positions";

  public UpdatedAggregate<SessionUsage> add(SessionUsage added) {
    String key = AggregateKeys.session(added.tenant(), added.session());
    byte @Nullable [] known = sessions.get(key);
    SessionUsage usage = known == null ? added : sum(UsageCodec.decodeSession(known), added);
    return put(sessions, key, usage, UsageCodec.encode(usage));
  }

  public UpdatedAggregate<TenantUsage> add(TenantUsage added) {
    String key = AggregateKeys.tenant(added.tenant());
    byte @Nullable [] known = tenants.get(key);
    TenantUsage usage = known == null ? added : sum(UsageAggregateCodec.decodeTenant(known), added);
    return put(tenants, key, usage, UsageAggregateCodec.encode(usage));
  }

  public UpdatedAggregate<UsageWindow> add(UsageWindow added) {
    String key = AggregateKeys.window(added);
    byte @Nullable [] known = windows.get(key);
    UsageWindow usage = known == null ? added : sum(UsageAggregateCodec.decodeWindow(known), added);
    return put(windows, key, usage, UsageAggregateCodec.encode(usage));
  }

  private static <T> UpdatedAggregate<T> put(
      KeyValueStore<String, byte[]> store, String key, T usage, byte[] bytes) {
    store.put(key, bytes);
    return new UpdatedAggregate<>(key, usage, Bytes.wrap(bytes));
  }

  private static SessionUsage sum(SessionUsage a, SessionUsage b) {
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

  private static TenantUsage sum(TenantUsage a, TenantUsage b) {
    return new TenantUsage(a.tenant(), a.totals().plus(b.totals()));
  }

  private static UsageWindow sum(UsageWindow a, UsageWindow b) {
    return new UsageWindow(
        a.tenant(), a.size(), a.start(), a.series(), a.totals().plus(b.totals()));
  }

  private static Instant earlier(Instant a, Instant b) {
    return b.isBefore(a) ? b : a;
  }

  private static Instant later(Instant a, Instant b) {
    return b.isAfter(a) ? b : a;
  }
}
