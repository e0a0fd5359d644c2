package io.anyserve.chaos.rolling;

import io.anyserve.chaos.client.PromptSpec;
import io.anyserve.chaos.client.TestRequest;
import io.anyserve.chaos.client.TestRequest.Leave;
import io.anyserve.chaos.client.TestRequest.Resumption;
import io.anyserve.chaos.client.TestRequest.Submission;
import java.util.List;
import java.util.Optional;

/**
 * The requests of a rolling restart. Their lengths differ, so that streams begin and end at all
 * times; some have an idempotency key, which leads them through the router.
 *
 * @param streams that are open at once
 * @param http of these, server-sent events; the others are over gRPC
 * @param tokens of a stream on average
 */
public record RollingLoad(int streams, int http, int tokens) {

  private static final int KEY_EVERY = 4;
  private static final int STRIDE = 7919;

  public RollingLoad {
    require("streams", streams, 1);
    require("http", http, 0);
    require("tokens", tokens, 2);
    if (http > streams) {
      throw new IllegalArgumentException("http: " + http + " (expected: 0 to " + streams + ")");
    }
  }

  private static void require(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }

  /** The request with that index, whichever ingress is called first. */
  TestRequest at(int index) {
    return at(index, 1);
  }

  /** The request with that index, at one of the first ingresses. */
  TestRequest at(int index, int ingresses) {
    return new TestRequest(
        index,
        isHttp(index) ? Submission.EVENTS : Submission.STREAM,
        "session-" + index,
        new PromptSpec(
            "Once upon a time, in tale " + index, index, length(index), true, List.of(), false),
        index % KEY_EVERY == 0 ? Optional.of("rolling-" + index) : Optional.empty(),
        false,
        Leave.STAYS,
        Resumption.NEWEST_TOKEN,
        index % ingresses);
  }

  /** Spread evenly over the indices. */
  private boolean isHttp(int index) {
    return (long) (index + 1) * http / streams > (long) index * http / streams;
  }

  /** From half of the average to one and a half. */
  private int length(int index) {
    return tokens / 2 + Math.floorMod(index * STRIDE, tokens + 1);
  }
}
