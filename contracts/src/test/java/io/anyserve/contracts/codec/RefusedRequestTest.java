package io.anyserve.contracts.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RefusedRequestTest {

  private static final Instant AT = Instant.ofEpochMilli(1_000_000);
  private static final RequestId ID = new RequestId(3, 4);

  private static io.anyserve.v1.InferenceRequest.Builder request() {
    return io.anyserve.v1.InferenceRequest.newBuilder()
        .setRequestId(ByteString.copyFrom(ID.bytes()))
        .setReply(io.anyserve.v1.ReplyAddress.newBuilder().setPartition(5))
        .setContext(
            io.anyserve.v1.RequestContext.newBuilder()
                .setTenant("acme")
                .setSession("s1")
                .setApiKey("key")
                .setCapability("story")
                .putLabels("team", "red")
                .setAcceptedAt(7));
  }

  private static Optional<RefusedRequest> read(io.anyserve.v1.InferenceRequest.Builder request) {
    byte[] bytes = request.build().toByteArray();
    assertThrows(MalformedRecordException.class, () -> RequestCodec.decode(bytes));
    return RefusedRequest.of(bytes, AT);
  }

  private static RequestContext context(Map<String, String> labels, Instant acceptedAt) {
    return new RequestContext(
        new TenantId("acme"),
        new SessionId("s1"),
        "key",
        new Capability("story"),
        labels,
        acceptedAt,
        false);
  }

  @Test
  void whoeverWaitsIsKnownThoughTheRestIsNot() {
    RequestContext context = context(Map.of("team", "red"), Instant.ofEpochMilli(7));
    var expected = Optional.of(new RefusedRequest(ID, 5, context));
    assertEquals(expected, read(request()));
    assertEquals(expected, read(request().setEarlierAttempts(Integer.MAX_VALUE)));
  }

  @Test
  void whatIsImplausibleIsLeftOut() {
    var odd = request();
    odd.getContextBuilder().putLabels("k".repeat(65), "v").setAcceptedAt(-1);
    assertEquals(Optional.of(new RefusedRequest(ID, 5, context(Map.of(), AT))), read(odd));
  }

  @Test
  void withoutIdOrTenantThereIsNobodyToTell() {
    assertEquals(Optional.empty(), read(request().setRequestId(ByteString.EMPTY)));
    var nameless = request();
    nameless.getContextBuilder().setTenant("a/b");
    assertEquals(Optional.empty(), read(nameless));
    assertEquals(Optional.empty(), RefusedRequest.of(new byte[] {1, 2, 3}, AT));
    assertEquals(Optional.empty(), RefusedRequest.of(null, AT));
  }
}
