package io.anyserve.worker.torch.libtorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is given back is not the process's any more, and its neighbours keep what they hold. */
final class MemoryReturnIT {

  private static final int MEBI = 1 << 20;
  private static final int FLOATS = 64 * MEBI;
  private static final int KEPT = 1_000;

  @Test
  void theProcessHasLessMemoryThen() throws Exception {
    assumeTrue(MemoryReturn.here().isPresent(), "not Linux: nothing is given back");
    try (PtNDManager manager = LibTorch.claimThread(1);
        PtNDArray tensor = (PtNDArray) manager.ones(new Shape(FLOATS))) {
      long address = MemoryReturn.address(tensor.toByteBuffer(true));
      long before = residentMebibytes();
      MemoryReturn.here().get().release(address + 4L * KEPT, 4L * (FLOATS - 2 * KEPT));
      long returned = before - residentMebibytes();
      assertTrue(returned > 200, "returned of 256 MiB: " + returned);
      float[] ones = {1, 1};
      assertArrayEquals(ones, tensor.get("0:2").toFloatArray());
      assertArrayEquals(ones, tensor.get((KEPT - 2) + ":" + KEPT).toFloatArray());
      assertArrayEquals(ones, tensor.get((FLOATS - 2) + ":" + FLOATS).toFloatArray());
      assertEquals(0, tensor.getFloat(FLOATS / 2));
    }
  }

  private static long residentMebibytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
  }
}
