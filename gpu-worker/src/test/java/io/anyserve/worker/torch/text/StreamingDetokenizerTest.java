package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.TinyModel;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.TokenizerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamingDetokenizerTest {

  private @TempDir Path folder;
  private Vocabulary table;

  @BeforeEach
  void readTable() throws IOException {
    table = Vocabulary.read(TokenizerFile.of(TinyModel.write(folder)));
  }

  @Test
  void showsCharactersOnlyWhenTheyAreComplete() {
    assertEquals(List.of("", "é"), pieces("é"));
    assertEquals(List.of("", "", "漢", "", "", "字"), pieces("漢字"));
    assertEquals(List.of("", "", "", "😀", "!"), pieces("😀!"));
  }

  @Test
  void joinsEverythingToTheText() {
    String text = "naïve 😀👩‍👩‍👧 漢字かな ก็ \uFFFD end";
    assertEquals(text, String.join("", pieces(text)));
  }

  @Test
  void replacesWhatIsNoCharacter() {
    var detokenizer = new StreamingDetokenizer(table);
    assertEquals("", detokenizer.push(0xF0));
    assertEquals("", detokenizer.push(0x9F));
    assertEquals("\uFFFDa", detokenizer.push('a'));
    assertEquals("\uFFFD", detokenizer.push(0xFF));
    assertEquals("", detokenizer.push(0xE6));
    assertEquals("\uFFFD", detokenizer.flush());
    assertEquals("", detokenizer.flush());
  }

  @Test
  void showsMergedTokensAndNoSpecialOnes() {
    var detokenizer = new StreamingDetokenizer(table);
    assertEquals(" the", detokenizer.push(258));
    assertEquals("", detokenizer.push(TinyModel.END));
    assertEquals("", detokenizer.push(263));
  }

  @Test
  void refusesOtherKindsOfTokenizers() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, Files.readString(file).replace("\"ByteLevel\"", "\"Metaspace\""));
    var failure =
        assertThrows(InvalidModelException.class, () -> Vocabulary.read(TokenizerFile.of(folder)));
    assertTrue(failure.getMessage().contains("expected: ByteLevel"), failure.getMessage());
  }

  private List<String> pieces(String text) {
    var detokenizer = new StreamingDetokenizer(table);
    List<String> pieces = new ArrayList<>();
    for (byte b : text.getBytes(UTF_8)) {
      pieces.add(detokenizer.push(b & 0xFF));
    }
    assertEquals("", detokenizer.flush());
    return pieces;
  }
}
