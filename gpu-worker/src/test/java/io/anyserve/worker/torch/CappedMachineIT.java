package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Machines that can do less than this one, as far as libtorch lets itself be told: oneDNN, FBGEMM
 * and ATen each have a variable of their own, which can only take away.
 */
final class CappedMachineIT {

  static Stream<Map<String, String>> machines() {
    return Stream.of(
        Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"),
        Map.of(
            "ONEDNN_MAX_CPU_ISA", "AVX2",
            "FBGEMM_ENABLE_INSTRUCTIONS", "AVX2",
            "ATEN_CPU_CAPABILITY", "default"));
  }

  @ParameterizedTest
  @MethodSource("machines")
  void theChoiceEndsInAPrecisionThatIsRight(Map<String, String> environment) throws Exception {
    Map<String, String> said = CappedProcess.run(environment);

    String summary = said.toString();
    assertTrue(
        PrecisionChoice.ORDER.stream().anyMatch(p -> p.name().equals(said.get("chosen"))), summary);
    boolean int8 = MachinePrecisions.right().contains(Precision.INT8);
    assertEquals(int8, String.valueOf(said.get("int8")).startsWith("right"), summary);
    for (String figure : int8 ? List.of("chosen off", "int8 off") : List.of("chosen off")) {
      assertTrue(Double.parseDouble(Objects.requireNonNull(said.get(figure))) < 0.03, summary);
    }
  }
}
