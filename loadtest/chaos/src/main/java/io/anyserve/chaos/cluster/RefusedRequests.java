package io.anyserve.chaos.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.RequestId;
import io.anyserve.v1.InferenceRequest;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.RequestContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Submissions that name their sender and must be refused: values of records on {@code intake} whose
 * key is the id, by what is wrong with them.
 */
public final class RefusedRequests {

  private static final int DEEP = 100;
  private static final int LONG_NAME = 300;
  private static final int LONG_KEY = 2_000;

  private RefusedRequests() {}

  /** All of them. */
  static Map<String, Function<RequestId, byte[]>> all(long nowMillis) {
    Map<String, Function<RequestId, byte[]>> all = new TreeMap<>(implausible(nowMillis));
    all.putAll(unreadable(nowMillis));
    all.putAll(unprintable(nowMillis));
    return all;
  }

  /** What no ledger can hold, and what no counter can count on. */
  public static Map<String, Function<RequestId, byte[]>> implausible(long nowMillis) {
    return Map.of(
        "accepted_at in microseconds",
        id -> bytes(request(id, context(nowMillis * 1000))),
        "accepted_at of -1",
        id -> bytes(request(id, context(-1))),
        "api_key of 2,000 characters",
        id -> bytes(request(id, context(nowMillis).setApiKey("k".repeat(LONG_KEY)))),
        "2,147,483,647 earlier attempts",
        id -> tooManyAttempts(id, nowMillis));
  }

  /** What cannot be read to its end. */
  public static Map<String, Function<RequestId, byte[]>> unreadable(long nowMillis) {
    return Map.of(
        "NaN",
        id -> json(id, "\"temperature\":NaN"),
        "a field twice",
        id -> json(id, "\"capability\":\"story\""),
        "100 levels",
        id -> json(id, "\"labels\":" + "[".repeat(DEEP) + "]".repeat(DEEP)),
        "a label name of 300 characters",
        id -> json(id, "\"labels\":{\"" + "n".repeat(LONG_NAME) + "\":\"v\"}"),
        "a lone surrogate in a label name",
        id -> json(id, "\"labels\":{\"\\ud800\":\"v\"}"),
        "protobuf that is cut off",
        id -> cutOff(bytes(request(id, context(nowMillis)))),
        "a deadline in 30 days",
        id -> due(request(id, context(nowMillis)), nowMillis + Duration.ofDays(30).toMillis()),
        "a deadline at the end of time",
        id -> due(request(id, context(nowMillis)), Long.MAX_VALUE));
  }

  /** Text that cannot be shown on a line. */
  public static Map<String, Function<RequestId, byte[]>> unprintable(long nowMillis) {
    return Map.of(
        "NUL in a label name",
        id -> json(id, "\"labels\":{\"a\\u0000b\":\"v\"}"),
        "a newline in a label",
        id -> json(id, "\"labels\":{\"a\":\"v\\nw\"}"),
        "NUL in a stop string",
        id -> json(id, "\"stop\":\"a\\u0000b\""),
        "a newline in a label name",
        id -> bytes(request(id, context(nowMillis).putLabels("a\nb", "v"))),
        "a newline in api_key",
        id -> bytes(request(id, context(nowMillis).setApiKey("k\ne"))));
  }

  /** A request that was begun as often as an int can say. */
  public static byte[] tooManyAttempts(RequestId id, long nowMillis) {
    return bytes(request(id, context(nowMillis)).setEarlierAttempts(Integer.MAX_VALUE));
  }

  private static byte[] json(RequestId id, String field) {
    return "{\"id\":\"%s\",\"capability\":\"story\",\"prompt\":\"hi\",\"max_tokens\":3,%s}"
        .formatted(id, field)
        .getBytes(UTF_8);
  }

  private static byte[] cutOff(byte[] whole) {
    return Arrays.copyOf(whole, whole.length - 1);
  }

  private static byte[] due(InferenceRequest.Builder request, long deadline) {
    return bytes(request.setDeadline(deadline));
  }

  private static byte[] bytes(InferenceRequest.Builder request) {
    return request.build().toByteArray();
  }

  private static RequestContext.Builder context(long acceptedAt) {
    return RequestContext.newBuilder()
        .setTenant("default")
        .setSession("planted")
        .setCapability("story")
        .setAcceptedAt(acceptedAt)
        .setAsynchronous(true);
  }

  private static InferenceRequest.Builder request(RequestId id, RequestContext.Builder context) {
    return InferenceRequest.newBuilder()
        .setRequestId(ByteString.copyFrom(id.bytes()))
        .setContext(context)
        .setInput(Payload.newBuilder().setText("hi"))
        .setParameters(Parameters.newBuilder().setMaxTokens(3));
  }
}
