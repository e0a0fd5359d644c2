package io.anyserve.worker.torch.precision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.worker.torch.TorchModel;
import org.junit.jupiter.api.Test;

final class PrecisionSettingTest {

  @Test
  void everyPrecisionIsReadByItsName() {
    for (Precision precision : Precision.values()) {
      var named = new PrecisionSetting.Named(precision);
      assertEquals(named, PrecisionSetting.parse(precision.text()));
      assertEquals(named, PrecisionSetting.parse(precision.name()));
      assertEquals(precision.text(), named.toString());
    }
    assertEquals(PrecisionSetting.AUTO, PrecisionSetting.parse("auto"));
  }

  @Test
  void othersAreRefusedWithWhatIsKnown() {
    var failure =
        assertThrows(IllegalArgumentException.class, () -> PrecisionSetting.parse("int4"));

    assertEquals(
        "\"int4\" (expected: auto, f32, f32_packed, fp16_packed, bf16, bf16_packed, int8)",
        failure.getMessage());
  }

  @Test
  void theMachineChoosesWhereNothingIsSaid() {
    assertEquals(PrecisionSetting.AUTO, TorchModel.Options.defaults(1, 64).precision());
  }
}
