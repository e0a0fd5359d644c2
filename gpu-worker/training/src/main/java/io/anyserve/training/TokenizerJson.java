package io.anyserve.training;

import io.anyserve.training.BytePairEncoding.Merge;
import io.anyserve.worker.torch.text.ByteSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of Hugging Face's tokenizer.json for a byte-level encoding. */
final class TokenizerJson {

  private static final String TEMPLATE =
      """
      {
      "version": "1.0",
      "truncation": null,
      "padding": null,
      "added_tokens": $added,
      "normalizer": {"type": "NFC"},
      "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": $pattern}, "behavior": "Isolated", "invert": false},
        $byteLevel]},
      "post_processor": $byteLevel,
      "decoder": $byteLevel,
      "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
        "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
        "vocab": {$vocabulary},
        "merges": $merges}
      }
      """;
  private static final String BYTE_LEVEL =
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": false, \"use_regex\": false}";

  private TokenizerJson() {}

  static String of(BytePairEncoding encoding) {
    return TEMPLATE
        .replace("$added", JsonText.array(addedTokens(encoding)))
        .replace("$byteLevel", BYTE_LEVEL)
        .replace("$pattern", JsonText.quoted(BytePairEncoding.WORD_PATTERN))
        .replace("$vocabulary", vocabulary(encoding))
        .replace("$merges", JsonText.array(merges(encoding)));
  }

  private static List<String> addedTokens(BytePairEncoding encoding) {
    return BytePairEncoding.SPECIAL_TOKENS.stream()
        .map(token -> addedToken(encoding.specialId(token), token))
        .toList();
  }

  private static String addedToken(int id, String token) {
    return String.format(
        Locale.ROOT,
        """
        {"id": %d, "content": %s, "single_word": false, "lstrip": false, "rstrip": false, \
        "normalized": false, "special": true}""",
        id,
        JsonText.quoted(token));
  }

  private static String vocabulary(BytePairEncoding encoding) {
    var entries = new ArrayList<String>();
    int ordinary = encoding.size() - BytePairEncoding.SPECIAL_TOKENS.size();
    for (int id = 0; id < ordinary; id++) {
      entries.add(JsonText.quoted(symbol(encoding, id)) + ":" + id);
    }
    return String.join(",", entries);
  }

  private static List<String> merges(BytePairEncoding encoding) {
    return encoding.merges().stream().map(merge -> merge(encoding, merge)).toList();
  }

  private static String merge(BytePairEncoding encoding, Merge merge) {
    return JsonText.quoted(symbol(encoding, merge.left()) + " " + symbol(encoding, merge.right()));
  }

  private static String symbol(BytePairEncoding encoding, int id) {
    return ByteSymbols.of(encoding.bytes(id));
  }
}
