package io.anyserve.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A byte-level BPE tokenizer with Qwen2's word pattern and three special tokens.
 *
 * <p>Ids 0-255 are the bytes, then one id per merge in the order learned, then the special tokens.
 * It gives the same ids as Hugging Face's tokenizers on the file that {@link TokenizerJson} writes.
 * Not thread-safe: it remembers words.
 */
final class BytePairEncoding {

  static final String END_OF_TEXT = "<|endoftext|>";
  static final String TURN_START = "<|im_start|>";
  static final String TURN_END = "<|im_end|>";
  static final List<String> SPECIAL_TOKENS = List.of(END_OF_TEXT, TURN_START, TURN_END);

  static final String WORD_PATTERN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final Pattern WORD =
      Pattern.compile(WORD_PATTERN, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
  private static final Pattern SPECIAL =
      Pattern.compile(String.join("|", SPECIAL_TOKENS.stream().map(Pattern::quote).toList()));
  private static final int BYTES = 256;

  /** Two ids that become one; its place in the list is its rank. */
  record Merge(int left, int right) {}

  private final List<Merge> merges;
  private final Map<Merge, Integer> mergedId = new HashMap<>();
  private final List<byte[]> bytesOfId = new ArrayList<>();
  private final Map<String, int[]> knownWords = new HashMap<>();

  BytePairEncoding(List<Merge> merges) {
    this.merges = List.copyOf(merges);
    for (int b = 0; b < BYTES; b++) {
      bytesOfId.add(new byte[] {(byte) b});
    }
    for (Merge merge : merges) {
      mergedId.put(merge, bytesOfId.size());
      bytesOfId.add(joined(bytesOfId.get(merge.left()), bytesOfId.get(merge.right())));
    }
    SPECIAL_TOKENS.forEach(token -> bytesOfId.add(token.getBytes(UTF_8)));
  }

  /** The words that merges never cross, of text without special tokens. */
  static List<String> words(String text) {
    var words = new ArrayList<String>();
    var matcher = WORD.matcher(Normalizer.normalize(text, Normalizer.Form.NFC));
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  int size() {
    return bytesOfId.size();
  }

  List<Merge> merges() {
    return merges;
  }

  int endOfText() {
    return specialId(END_OF_TEXT);
  }

  int turnStart() {
    return specialId(TURN_START);
  }

  int turnEnd() {
    return specialId(TURN_END);
  }

  int specialId(String token) {
    return BYTES + merges.size() + SPECIAL_TOKENS.indexOf(token);
  }

  byte[] bytes(int id) {
    return bytesOfId.get(id).clone();
  }

  int[] encode(String text) {
    var ids = new IdBuffer();
    var special = SPECIAL.matcher(text);
    int start = 0;
    while (special.find()) {
      encodeWords(text.substring(start, special.start()), ids);
      ids.add(specialId(special.group()));
      start = special.end();
    }
    encodeWords(text.substring(start), ids);
    return ids.toArray();
  }

  String decode(int... ids) {
    var bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(bytesOfId.get(id));
    }
    return bytes.toString(UTF_8);
  }

  private void encodeWords(String text, IdBuffer ids) {
    for (String word : words(text)) {
      ids.addAll(knownWords.computeIfAbsent(word, this::encodeWord));
    }
  }

  private int[] encodeWord(String word) {
    byte[] bytes = word.getBytes(UTF_8);
    var ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xff;
    }
    for (int best = bestMerge(ids); best >= 0; best = bestMerge(ids)) {
      ids = merged(ids, merges.get(best - BYTES), best);
    }
    return ids;
  }

  /** The id of the earliest learned merge that applies, or -1. */
  private int bestMerge(int[] ids) {
    int best = Integer.MAX_VALUE;
    for (int i = 0; i + 1 < ids.length; i++) {
      best = Math.min(best, mergedId.getOrDefault(new Merge(ids[i], ids[i + 1]), best));
    }
    return best == Integer.MAX_VALUE ? -1 : best;
  }

  /** The ids with every occurrence of the pair replaced, from left to right. */
  static int[] merged(int[] ids, Merge pair, int id) {
    var result = new int[ids.length];
    int length = 0;
    for (int i = 0; i < ids.length; i++) {
      boolean match = i + 1 < ids.length && ids[i] == pair.left() && ids[i + 1] == pair.right();
      result[length++] = match ? id : ids[i];
      i += match ? 1 : 0;
    }
    return Arrays.copyOf(result, length);
  }

  private static byte[] joined(byte[] left, byte[] right) {
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
