package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.training.BytePairEncoding.Merge;
import io.anyserve.worker.torch.text.ByteSymbols;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BytePairEncodingTest {

  private static final List<String> TEXTS =
      List.of("low lower lowest", "new newer newest", "low low new", "wide wider widest");

  private final BytePairEncoding encoding = BytePairTraining.learn(TEXTS, 300);

  @Test
  void decodesWhatItEncoded() {
    for (String text : OddTexts.ALL) {
      String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
      assertEquals(composed, encoding.decode(encoding.encode(text)));
    }
  }

  @Test
  void mergesTheMostFrequentPairFirst() {
    BytePairEncoding one = BytePairTraining.learn(List.of("ab ab ab bc"), 256 + 3 + 1);
    assertEquals(List.of(new Merge('a', 'b')), one.merges());
  }

  @Test
  void learnsTheSameFromTheSameTexts() {
    assertEquals(encoding.merges(), BytePairTraining.learn(TEXTS, 300).merges());
  }

  @Test
  void spellsEveryTokenOnce() {
    var spellings = new HashSet<String>();
    for (int id = 0; id < encoding.size(); id++) {
      assertTrue(spellings.add(ByteSymbols.of(encoding.bytes(id))), "id " + id);
    }
  }

  @Test
  void stopsWhenNoPairOccursTwice() {
    assertEquals(256 + 3, BytePairTraining.learn(List.of("abcdef"), 2000).size());
  }

  @Test
  void keepsSpecialTokensWhole() {
    assertArrayEquals(
        new int[] {encoding.turnStart(), 'x', encoding.turnEnd(), encoding.endOfText()},
        encoding.encode("<|im_start|>x<|im_end|><|endoftext|>"));
  }

  @Test
  void usesFewerTokensForWordsItKnows() {
    assertTrue(encoding.encode("lowest newest").length < encoding.encode("qzxwvj kqzjxw").length);
  }

  @Test
  void refusesAVocabularyBelowTheBytes() {
    var error =
        assertThrows(IllegalArgumentException.class, () -> BytePairTraining.learn(TEXTS, 258));
    assertEquals("vocabulary: 258 (expected: >= 259)", error.getMessage());
  }

  @Test
  void byteSymbolsAreReversible() {
    var all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertArrayEquals(all, ByteSymbols.bytes(ByteSymbols.of(all)));
    assertEquals("Ġ", ByteSymbols.of(new byte[] {' '}));
    assertEquals("Ċ", ByteSymbols.of(new byte[] {'\n'}));
  }
}
