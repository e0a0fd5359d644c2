package io.anyserve.metering.query;

import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import io.anyserve.contracts.validation.Preconditions;
import java.util.stream.Stream;

/**
 * Which windows add up to the answer. Each kind of window alone adds up to the tenant's usage, so
 * that one kind is read and the others are left out.
 */
public record Selection(GroupBy by, UsageFilter filter) {

  private enum Kind {
    MODEL,
    SESSION,
    KEY
  }

  private static final String TOGETHER =
      "by and filters of one kind: capability and model, or session, or key";

  public Selection {
    long kinds = kinds(by, filter);
    Preconditions.that(kinds <= 1, "by and filters", kinds + " kinds of windows", TOGETHER);
  }

  boolean takes(UsageDimension series) {
    Kind kind = kind();
    return switch (series) {
      case ByModel(String capability, String model) ->
          kind == Kind.MODEL
              && UsageFilter.fits(filter.capability(), capability)
              && UsageFilter.fits(filter.model(), model);
      case BySession(var session) ->
          kind == Kind.SESSION && UsageFilter.fits(filter.session(), session.value());
      case ByKey(String key) -> kind == Kind.KEY && UsageFilter.fits(filter.key(), key);
    };
  }

  private Kind kind() {
    if (by == GroupBy.SESSION || filter.session().isPresent()) {
      return Kind.SESSION;
    }
    return by == GroupBy.KEY || filter.key().isPresent() ? Kind.KEY : Kind.MODEL;
  }

  private static long kinds(GroupBy by, UsageFilter filter) {
    boolean model =
        by == GroupBy.MODEL
            || by == GroupBy.CAPABILITY
            || filter.model().isPresent()
            || filter.capability().isPresent();
    boolean session = by == GroupBy.SESSION || filter.session().isPresent();
    boolean key = by == GroupBy.KEY || filter.key().isPresent();
    return Stream.of(model, session, key).filter(used -> used).count();
  }
}
