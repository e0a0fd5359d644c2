package io.anyserve.loadtest.faults.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.RequestId;
import io.anyserve.v1.InferenceRequest;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.RequestContext;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Submissions that name their sender and must be refused, each for another reason. */
final class RefusedRequests {

  static final int DEEP = 100;
  static final int LONG_NAME = 300;
  static final int LONG_KEY = 2_000;

  private RefusedRequests() {}

  /** Values of records on {@code intake} whose key is the id. */
  static List<Function<RequestId, byte[]>> values(long nowMillis) {
    return List.of(
        id -> json(id, "\"max_tokens\":NaN"),
        id -> json(id, "\"capability\":\"story\""),
        id -> json(id, "\"labels\":" + "[".repeat(DEEP) + "]".repeat(DEEP)),
        id -> json(id, "\"labels\":{\"" + "n".repeat(LONG_NAME) + "\":\"v\"}"),
        id -> json(id, "\"labels\":{\"\\ud800\":\"v\"}"),
        id -> json(id, "\"labels\":{\"a\\u0000b\":\"v\"}"),
        id -> json(id, "\"stop\":\"a\\u0000b\""),
        id -> cutOff(request(id, context(nowMillis))),
        id -> request(id, context(nowMillis * 1000)).build().toByteArray(),
        id -> request(id, context(-1)).build().toByteArray(),
        id -> request(id, context(nowMillis).setApiKey("k".repeat(LONG_KEY))).build().toByteArray(),
        id -> request(id, context(nowMillis).setApiKey("k\ne")).build().toByteArray(),
        id -> request(id, context(nowMillis).putLabels("a\nb", "v")).build().toByteArray(),
        id ->
            request(id, context(nowMillis))
                .setDeadline(nowMillis + Duration.ofDays(30).toMillis())
                .build()
                .toByteArray(),
        id -> request(id, context(nowMillis)).setDeadline(Long.MAX_VALUE).build().toByteArray(),
        id -> tooManyAttempts(id, nowMillis));
  }

  /** A request that was begun as often as an int can say. */
  static byte[] tooManyAttempts(RequestId id, long nowMillis) {
    return request(id, context(nowMillis))
        .setEarlierAttempts(Integer.MAX_VALUE)
        .build()
        .toByteArray();
  }

  private static byte[] json(RequestId id, String field) {
    return "{\"id\":\"%s\",\"capability\":\"story\",\"prompt\":\"hi\",%s}"
        .formatted(id, field)
        .getBytes(UTF_8);
  }

  private static byte[] cutOff(InferenceRequest.Builder request) {
    byte[] whole = request.build().toByteArray();
    return java.util.Arrays.copyOf(whole, whole.length - 1);
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
