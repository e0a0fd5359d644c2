package io.anyserve.metering.query;

import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import io.anyserve.contracts.event.UsageWindow;
import java.util.Comparator;
import java.util.Optional;

/**
 * What tells a series apart from others; all empty where there is only one.
 *
 * @param tenant where sessions or keys of several tenants may meet
 * @param other the sum of those for which there was no place
 */
public record SeriesName(
    Optional<String> tenant,
    Optional<String> capability,
    Optional<String> model,
    Optional<String> session,
    Optional<String> key,
    boolean other)
    implements Comparable<SeriesName> {

  public static final SeriesName EVERYTHING = of("", "", "", "", false, GroupBy.NONE, true);
  static final SeriesName OTHER = of("", "", "", "", true, GroupBy.NONE, true);

  private static final Comparator<SeriesName> ORDER =
      Comparator.comparing(SeriesName::other)
          .thenComparing(name -> name.tenant.orElse(""))
          .thenComparing(name -> name.capability.orElse(""))
          .thenComparing(name -> name.model.orElse(""))
          .thenComparing(name -> name.session.orElse(""))
          .thenComparing(name -> name.key.orElse(""));

  /** The series that a window belongs to. */
  static SeriesName of(UsageWindow window, GroupBy by, boolean oneTenant) {
    String tenant = window.tenant().value();
    UsageDimension series = window.series();
    return switch (series) {
      case ByModel(String capability, String model) ->
          of(tenant, capability, model, "", false, by, oneTenant);
      case BySession(var session) -> of(tenant, "", "", session.value(), false, by, oneTenant);
      case ByKey(String key) -> of(tenant, "", "", key, false, by, oneTenant);
    };
  }

  private static SeriesName of(
      String tenant,
      String capability,
      String model,
      String who,
      boolean other,
      GroupBy by,
      boolean oneTenant) {
    boolean personal = by == GroupBy.SESSION || by == GroupBy.KEY;
    return new SeriesName(
        present(by == GroupBy.TENANT || (personal && !oneTenant), tenant),
        present(by == GroupBy.CAPABILITY || by == GroupBy.MODEL, capability),
        present(by == GroupBy.MODEL, model),
        present(by == GroupBy.SESSION, who),
        present(by == GroupBy.KEY, who),
        other);
  }

  private static Optional<String> present(boolean present, String value) {
    return present ? Optional.of(value) : Optional.empty();
  }

  @Override
  public int compareTo(SeriesName that) {
    return ORDER.compare(this, that);
  }
}
