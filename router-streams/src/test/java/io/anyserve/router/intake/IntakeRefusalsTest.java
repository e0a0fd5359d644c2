package io.anyserve.router.intake;

import static io.anyserve.router.intake.IntakeRun.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.router.Samples;
import io.anyserve.router.intake.ParsedIntake.Invalid;
import io.anyserve.router.intake.ParsedIntake.Valid;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IntakeRefusalsTest {

  private static final RequestId ID = RequestId.parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
  private static final IntakeRecord.Position PLACE =
      new IntakeRecord.Position("intake", 0, 7, Samples.NOW);

  private final IntakeParser reader = new IntakeParser(Samples.RULES);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"capability\":\"story\",\"prompt\":\"a\",\"temperature\":NaN}",
        "{\"capability\":\"story\",\"prompt\":\"a\",\"prompt\":\"b\"}",
        "{\"a\":[[[[[[[[[[1]]]]]]]]]]}",
        "{\"capability\":"
      })
  void theKeyNamesWhoWaitsForWhatCannotBeRead(String json) {
    assertEquals(ID, refused(ID.bytes(), json));
    assertEquals(ID, refused(bytes(ID.toString()), json));
  }

  @Test
  void otherKeysNameNobody() {
    assertTrue(invalid(bytes("sixteen bytes ok"), bytes("{")).sender().isEmpty());
    assertTrue(invalid(null, bytes("{")).sender().isEmpty());
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    byte[] json = bytes("\uFEFF{\"capability\":\"story\",\"prompt\":\"a\"}");
    assertInstanceOf(Valid.class, read(null, json));
  }

  @Test
  void whatTheLedgerWouldRefuseIsRefused() {
    Instant micros = Instant.ofEpochMilli(Samples.NOW.toEpochMilli() * 1_000);
    for (Instant at : new Instant[] {micros, Instant.ofEpochMilli(-1)}) {
      assertTrue(reason("", at).contains("accepted_at"));
    }
    assertTrue(reason("k".repeat(2_000), Samples.NOW).contains("api_key"));
  }

  private String reason(String key, Instant acceptedAt) {
    InferenceRequest good = Samples.asynchronous(Samples.id(1), "story");
    RequestContext context = good.context();
    var bad =
        new RequestContext(
            context.tenant(),
            context.session(),
            key,
            context.capability(),
            Map.of(),
            acceptedAt,
            true);
    var request =
        new InferenceRequest(good.id(), bad, good.input(), good.parameters(), good.routing());
    return String.valueOf(invalid(null, RequestCodec.encode(request)).reason().getMessage());
  }

  private RequestId refused(byte[] key, String json) {
    return invalid(key, bytes(json)).sender().orElseThrow().id();
  }

  private Invalid invalid(byte @Nullable [] key, byte[] value) {
    return assertInstanceOf(Invalid.class, read(key, value));
  }

  private ParsedIntake read(byte @Nullable [] key, byte[] value) {
    return reader.read(
        new IntakeRecord(PLACE, new Record<>(key, value, Samples.NOW.toEpochMilli())));
  }
}
