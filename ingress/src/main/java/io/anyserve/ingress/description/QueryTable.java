package io.anyserve.ingress.description;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parameters that the query of a call may have. All others are refused. */
public final class QueryTable {

  public static final int MOST_SESSIONS = 200;
  public static final int MOST_INPUT_ITEMS = 100;

  private static final QueryTable NONE = new QueryTable(Map.of());

  public static final QueryTable SESSIONS =
      NONE.and(
              "search",
              Schema.string("Only conversations that have this text in a title or a message."))
          .and("cursor", cursor())
          .and(
              "limit",
              Schema.integer("Conversations of a page.").range(1, MOST_SESSIONS).byDefault(50));

  public static final QueryTable HISTORY = NONE.and("cursor", cursor());

  public static final QueryTable RESPONSE =
      NONE.and("stream", Schema.flag("Answer with the events of the response.").byDefault(false))
          .and(
              "starting_after",
              Schema.integer("Only events behind this `sequence_number`; only with `stream=true`.")
                  .atLeast(0))
          .and("include_obfuscation", Schema.any("Accepted, and changes nothing."));

  public static final QueryTable INPUT_ITEMS =
      NONE.and(
              "order",
              Schema.string("`desc`: the last item first.").values("asc", "desc").byDefault("desc"))
          .and("after", Schema.string("The id of the item before the page."))
          .and(
              "limit", Schema.integer("Items of a page.").range(1, MOST_INPUT_ITEMS).byDefault(20));

  private final Map<String, Schema> parameters;

  private QueryTable(Map<String, Schema> parameters) {
    this.parameters = Collections.unmodifiableMap(parameters);
  }

  private QueryTable and(String name, Schema schema) {
    Map<String, Schema> all = new LinkedHashMap<>(parameters);
    all.put(name, schema);
    return new QueryTable(all);
  }

  private static Schema cursor() {
    return Schema.string("The `next_cursor` of the page before.");
  }

  /** Throws {@link ApiException} for the first parameter that is not in the table. */
  public void check(Collection<String> given) {
    for (String name : given) {
      if (!parameters.containsKey(name)) {
        String shown = BodyFields.printable(name);
        throw new ApiException(
            ApiError.unsupported(
                shown,
                "%s: not offered (expected: one of %s)"
                    .formatted(shown, String.join(", ", parameters.keySet()))));
      }
    }
  }

  Map<String, Schema> parameters() {
    return parameters;
  }
}
