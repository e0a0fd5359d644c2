package io.anyserve.contracts.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.v1.CancelCommand;
import io.anyserve.v1.Cancelled;
import io.anyserve.v1.Failed;
import io.anyserve.v1.Finished;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a service makes of values that only a later version knows. */
final class NewerWriterTest {

  private static final RequestId ID = new RequestId(1, 2);
  private static final int NEWER = 99;

  @Test
  void aForwardedRequestKeepsNewFields() {
    RecordSample<?> sample =
        RecordSamples.all().stream()
            .filter(one -> one.fixture().equals("InferenceRequest/text"))
            .findFirst()
            .orElseThrow();
    InferenceRequest request = (InferenceRequest) sample.value();
    Message newer = NewerPeer.withFields(message(sample.encoded()));
    InferenceRequest next = request.with(request.routing().after(7, 1_234));

    byte[] forwarded = RequestCodec.encode(next, newer.toByteArray());

    assertEquals(next, RequestCodec.decode(forwarded));
    assertEquals(NewerPeer.withFields(message(RequestCodec.encode(next))), message(forwarded));
  }

  private static Message message(byte[] request) {
    return FixtureBaseline.parse(ProtoSchema.current().message("InferenceRequest"), request);
  }

  @Test
  void whatIsForwardedMustBeARequest() {
    InferenceRequest request = (InferenceRequest) RecordSamples.all().getFirst().value();

    assertThrows(
        MalformedRecordException.class, () -> RequestCodec.encode(request, new byte[] {'{'}));
  }

  @Test
  void anEndForANewReasonIsAnEnd() {
    var finished = event(b -> b.setFinished(Finished.newBuilder().setReasonValue(NEWER)));
    var cancelled = event(b -> b.setCancelled(Cancelled.newBuilder().setReasonValue(NEWER)));

    assertEquals(FinishReason.STOP, assertInstanceOf(TokenEvent.Finished.class, finished).reason());
    assertEquals(
        CancelReason.EXPLICIT, assertInstanceOf(TokenEvent.Cancelled.class, cancelled).reason());
  }

  @Test
  void aFailureWithANewCodeIsAFailure() {
    var failed =
        event(b -> b.setFailed(Failed.newBuilder().setCode("MODEL_RETIRED").setMessage("gone")));

    assertEquals(
        new Failure(FailureCode.INTERNAL, "MODEL_RETIRED: gone"),
        assertInstanceOf(TokenEvent.Failed.class, failed).failure());
  }

  @Test
  void whatIsNoCodeIsMalformed() {
    for (String code : new String[] {"", "not a code", "X".repeat(65)}) {
      assertThrows(
          MalformedRecordException.class,
          () -> event(b -> b.setFailed(Failed.newBuilder().setCode(code))));
    }
  }

  @Test
  void aCancellationForANewReasonCancels() {
    byte[] command =
        io.anyserve.v1.ControlCommand.newBuilder()
            .setCancel(
                CancelCommand.newBuilder()
                    .setRequestId(ByteString.copyFrom(ID.bytes()))
                    .setReasonValue(NEWER))
            .build()
            .toByteArray();

    assertEquals(
        new ControlCommand.Cancel(ID, CancelReason.EXPLICIT), WorkerCodec.decodeCommand(command));
  }

  @Test
  void aKindOfWorkThatIsNotKnownIsRefused() {
    byte[] request =
        io.anyserve.v1.InferenceRequest.newBuilder().setKindValue(NEWER).build().toByteArray();

    String reason =
        String.valueOf(
            assertThrows(MalformedRecordException.class, () -> RequestCodec.decode(request))
                .getMessage());
    assertTrue(reason.startsWith("request: "), reason);
  }

  @Test
  void aNewEventIsMalformed() {
    assertThrows(MalformedRecordException.class, () -> event(_ -> {}));
  }

  private static TokenEvent event(Consumer<io.anyserve.v1.TokenEvent.Builder> fill) {
    var message = io.anyserve.v1.TokenEvent.newBuilder().setAttempt(1).setExecutionId(1);
    fill.accept(message);
    return TokenCodec.decode(ID.bytes(), message.build().toByteArray()).event();
  }
}
