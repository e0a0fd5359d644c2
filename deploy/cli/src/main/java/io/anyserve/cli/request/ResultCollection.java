package io.anyserve.cli.request;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.runtime.auth.Caller;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Which submitted requests have their result, and which of them were refused. Not thread-safe. */
final class ResultCollection {

  private static final Set<FailureCode> REFUSALS =
      Set.of(FailureCode.INVALID_REQUEST, FailureCode.TOO_LARGE, FailureCode.IDEMPOTENCY_CONFLICT);

  private final int submitted;
  private final Map<RequestId, ObjectNode> open;
  private final List<String> refused = new ArrayList<>();

  ResultCollection(Map<RequestId, ObjectNode> requests) {
    this.submitted = requests.size();
    this.open = new HashMap<>(requests);
  }

  /** Whether it is the first result of one of the requests. */
  boolean take(RequestResult result) {
    @Nullable ObjectNode request = open.get(result.request());
    if (request == null || !answers(result, request)) {
      return false;
    }
    open.remove(result.request());
    if (refusal(result)) {
      refused.add(result.request() + ": " + ((Failed) result.outcome()).failure().message());
    }
    return true;
  }

  /** Another tenant may use the same id; whose an unreadable submission was, nobody knows. */
  private static boolean answers(RequestResult result, ObjectNode request) {
    if (!request.has("tenant")) {
      return true;
    }
    String tenant = result.context().tenant().value();
    boolean nobodys = result.context().tenant().equals(Caller.ANONYMOUS.tenant());
    return tenant.equals(request.get("tenant").asString()) || (nobodys && refusal(result));
  }

  private static boolean refusal(RequestResult result) {
    return result.outcome() instanceof Failed failed && REFUSALS.contains(failed.failure().code());
  }

  boolean complete() {
    return open.isEmpty();
  }

  /** Whether every request has a result, and none of them was refused. */
  boolean good() {
    return open.isEmpty() && refused.isEmpty();
  }

  /** {@code 3 of 4 results, 1 refused}. */
  String summary() {
    String counted = "%d of %d results".formatted(submitted - open.size(), submitted);
    return refused.isEmpty() ? counted : counted + ", " + refused.size() + " refused";
  }

  /** The id of each refused request, and why. */
  List<String> refused() {
    return List.copyOf(refused);
  }
}
