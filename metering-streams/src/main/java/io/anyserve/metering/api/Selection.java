package io.anyserve.metering.api;

import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import java.util.stream.Stream;

/**
 * Which windows add up to the answer. Each kind of window alone adds up to the tenant's usage, so
 * that one kind is read and the others are left out.
 */
record Selection(Grouping by, Filter filter) {

  private enum Kind {
    MODEL,
    SESSION,
    KEY
  }

  private static final String TOGETHER =
      "by and filters of one kind: capability and model, or session, or key";

  Selection {
    long kinds = kinds(by, filter);
    Expect.that(kinds <= 1, "by and filters", kinds + " kinds of windows", TOGETHER);
  }

  boolean takes(UsageDimension series) {
    Kind kind = kind();
    return switch (series) {
      case ByModel(String capability, String model) ->
          kind == Kind.MODEL
              && Filter.fits(filter.capability(), capability)
              && Filter.fits(filter.model(), model);
      case BySession(var session) ->
          kind == Kind.SESSION && Filter.fits(filter.session(), session.value());
      case ByKey(String key) -> kind == Kind.KEY && Filter.fits(filter.key(), key);
    };
  }

  private Kind kind() {
    if (by == Grouping.SESSION || filter.session().isPresent()) {
      return Kind.SESSION;
    }
    return by == Grouping.KEY || filter.key().isPresent() ? Kind.KEY : Kind.MODEL;
  }

  private static long kinds(Grouping by, Filter filter) {
    boolean model =
        by == Grouping.MODEL
            || by == Grouping.CAPABILITY
            || filter.model().isPresent()
            || filter.capability().isPresent();
    boolean session = by == Grouping.SESSION || filter.session().isPresent();
    boolean key = by == Grouping.KEY || filter.key().isPresent();
    return Stream.of(model, session, key).filter(used -> used).count();
  }
}
