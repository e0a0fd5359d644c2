package io.anyserve.metering.aggregate;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;
import java.util.Locale;

/**
 * The keys of aggregates, in the stores and on the topics. Names of tenants have no slash and
 * starts have one length, so a range of keys is a range of time of one tenant and size:
 *
 * <pre>
 * tenant/session
 * tenant
 * tenant/minute/2026-11-20T17:05:00Z/model/capability/model
 * tenant/hour/2026-11-20T17:00:00Z/session/session
 * tenant/day/2026-11-20T00:00:00Z/key/key
 * </pre>
 */
public final class AggregateKeys {

  /** Later ones are written with more characters. */
  private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  private AggregateKeys() {}

  public static String session(TenantId tenant, SessionId session) {
    return tenant + "/" + session;
  }

  public static String tenant(TenantId tenant) {
    return tenant.value();
  }

  public static String window(UsageWindow window) {
    String start = prefix(window.tenant(), window.size(), window.start());
    return start + "/" + series(window.series());
  }

  /** Less than the keys of all windows that start then or later, and greater than the others'. */
  public static String windowsFrom(TenantId tenant, WindowGranularity size, Instant time) {
    Instant late = time.isBefore(LAST) ? time : LAST;
    Instant within = late.isBefore(Instant.EPOCH) ? Instant.EPOCH : late;
    Instant start = size.startOf(within);
    return prefix(tenant, size, start.isBefore(within) ? start.plus(size.length()) : start);
  }

  private static String prefix(TenantId tenant, WindowGranularity size, Instant start) {
    return tenant + "/" + size.name().toLowerCase(Locale.ROOT) + "/" + start;
  }

  private static String series(UsageDimension series) {
    return switch (series) {
      case ByModel(String capability, String model) -> "model/" + capability + "/" + model;
      case BySession(SessionId session) -> "session/" + session;
      case ByKey(String apiKey) -> "key/" + apiKey;
    };
  }
}
