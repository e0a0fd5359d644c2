package io.anyserve.ingress.responses;

import io.anyserve.ingress.description.QueryTable;
import io.anyserve.ingress.openai.ApiException;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The query of a call about a response. Throws {@link ApiException} with a parameter's name. */
record ResponseQuery(Context http) {

  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final String STARTING_AFTER = "starting_after";
  private static final String STREAM = "stream";

  static ResponseQuery ofRetrieval(Context http) {
    return of(http, QueryTable.RESPONSE);
  }

  static ResponseQuery ofInputItems(Context http) {
    return of(http, QueryTable.INPUT_ITEMS);
  }

  /** All others are refused, also {@code include}: nothing that it could ask for is offered. */
  private static ResponseQuery of(Context http, QueryTable table) {
    table.check(http.queryParamMap().keySet());
    return new ResponseQuery(http);
  }

  boolean stream() {
    String stream = text(STREAM).orElse("false");
    return switch (stream) {
      case "true" -> true;
      case "false" -> false;
      default -> throw ResponseErrors.invalid(STREAM, "not a flag (expected: true or false)");
    };
  }

  /** The number of the last event that the client has; -1 for none. */
  long behind(boolean stream) {
    Optional<String> given =
        text(STARTING_AFTER).or(() -> Optional.ofNullable(http.header(LAST_EVENT_ID)));
    if (given.isPresent() && !stream) {
      throw ResponseErrors.invalid(STARTING_AFTER, "set (expected: only with stream=true)");
    }
    return given.isPresent() ? number(STARTING_AFTER, given.get(), 0, Long.MAX_VALUE) : -1;
  }

  /** The page of the input that is asked for. */
  InputItemPage page(StoredResponse response) {
    int items = response.call().input().size();
    int after = text("after").map(id -> index(response, id)).orElse(-1);
    int limit =
        (int)
            text("limit")
                .map(text -> number("limit", text, 1, QueryTable.MOST_INPUT_ITEMS))
                .orElse((long) InputItemPage.DEFAULT)
                .longValue();
    return InputItemPage.of(items, order(), after, limit);
  }

  private InputItemPage.Order order() {
    String order = text("order").orElse("desc");
    return switch (order) {
      case "asc" -> InputItemPage.Order.ASCENDING;
      case "desc" -> InputItemPage.Order.DESCENDING;
      default -> throw ResponseErrors.invalid("order", "not an order (expected: asc or desc)");
    };
  }

  private static int index(StoredResponse response, String id) {
    int items = response.call().input().size();
    for (int i = 0; i < items; i++) {
      if (response.inputItem(i).equals(id)) {
        return i;
      }
    }
    throw ResponseErrors.invalid("after", "not an item (expected: the id of an input item)");
  }

  private static long number(String name, String text, long least, long most) {
    OptionalLong number = parse(text);
    if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
      throw ResponseErrors.invalid(
          name, "not such a number (expected: an integer from " + least + " to " + most + ")");
    }
    return number.getAsLong();
  }

  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private Optional<String> text(String name) {
    List<String> values = http.queryParams(name);
    if (values.size() > 1) {
      throw ResponseErrors.invalid(name, "set more than once (expected: once)");
    }
    @Nullable String value = http.queryParam(name);
    return Optional.ofNullable(value);
  }
}
