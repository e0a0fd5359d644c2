package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What can be told from the settings alone; no native library is loaded. */
final class TorchFactoryTest {

  private final TorchFactory factory = new TorchFactory();

  private Engine.Description open(Map<String, String> options) {
    return factory.open(new EngineConfig("torch", "models/story", 3, options)).description();
  }

  private String refusal(Map<String, String> options) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> open(options)).getMessage());
  }

  @Test
  void everyPrecisionMayBeAskedFor() {
    Engine.Description usual = open(Map.of());
    assertEquals(Engine.Numerics.NONE, usual.numerics());
    assertEquals(usual, open(Map.of("precision", "auto")));
    for (Precision precision : Precision.values()) {
      assertEquals(usual, open(Map.of("precision", precision.text())));
    }
  }

  @Test
  void unknownOnesAreRefused() {
    assertEquals(
        "engine.precision: int4 (expected: one of auto, f32, f32_packed, fp16_packed, bf16,"
            + " bf16_packed, int8)",
        refusal(Map.of("precision", "int4")));
    assertEquals(
        "engine.precison: unknown (expected: one of [context-length, max-batch-tokens,"
            + " precision, threads])",
        refusal(Map.of("precison", "auto")));
  }
}
