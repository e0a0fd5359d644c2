package io.anyserve.worker.torch.libtorch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

final class TorchScriptArchiveTest {

  private static final String MODULE =
      TorchScriptArchive.CLASS_HEAD
          + "  def forward(self: __torch__.M, x: Tensor) -> Tensor:\n    return x\n";

  @Test
  void holdsTheFiveEntriesStored() throws IOException {
    Map<String, byte[]> content = new LinkedHashMap<>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(TorchScriptArchive.of(MODULE)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertEquals(ZipEntry.STORED, entry.getMethod(), entry.getName());
        content.put(entry.getName(), zip.readAllBytes());
      }
    }
    assertEquals(
        List.of("m/data.pkl", "m/code/__torch__.py", "m/constants.pkl", "m/version", "m/byteorder"),
        List.copyOf(content.keySet()));
    assertEquals(MODULE, new String(content.get("m/code/__torch__.py"), UTF_8));
    assertEquals("10\n", new String(content.get("m/version"), UTF_8));
    assertEquals(
        "8002635f5f746f7263685f5f0a4d0a29817d285808000000747261696e696e678975622e",
        HexFormat.of().formatHex(content.get("m/data.pkl")));
  }

  @Test
  void isTheSameForTheSameText() {
    assertArrayEquals(TorchScriptArchive.of(MODULE), TorchScriptArchive.of(MODULE));
  }

  @Test
  void refusesTextWithoutTheClassHead() {
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> TorchScriptArchive.of("def f(x):\n  return x\n"));
    assertEquals(
        "moduleText: \"def f(x):\" (expected: to start with CLASS_HEAD)", error.getMessage());
  }
}
