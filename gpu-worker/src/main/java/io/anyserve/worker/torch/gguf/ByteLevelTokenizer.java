package io.anyserve.worker.torch.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * BPE over bytes: the metadata has tokens and merges, and only the name of the rule by which texts
 * are cut first.
 */
record ByteLevelTokenizer(GgufMetadata metadata, GgufTokens tokens) {

  static final String CUTS = "tokenizer.ggml.pre";

  /** The names that files of Llama 3 have for their cuts. */
  static final Set<String> LLAMA3 = Set.of("llama-bpe", "llama3", "llama-v3");

  private static final String MERGES = "tokenizer.ggml.merges";

  /** Contractions of English, words, runs of other characters and of space: what most have. */
  private static final String PATTERN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** GPT-4o's, which also cuts between small and capital letters. */
  private static final String CASED =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** How texts are cut before BPE. */
  private enum Cuts {
    /** GPT-2's pattern, which the library has. */
    WORDS,
    /** The same with every digit by itself. */
    WORDS_AND_DIGITS,
    /** Every digit by itself, after normalisation. */
    QWEN,
    /** Up to three digits together; a piece that is a token is one. */
    LLAMA3,
    GPT_4O
  }

  private static final Map<String, Cuts> NAMES =
      Map.ofEntries(
          Map.entry("gpt-2", Cuts.WORDS),
          Map.entry("smollm", Cuts.WORDS_AND_DIGITS),
          Map.entry("starcoder", Cuts.WORDS_AND_DIGITS),
          Map.entry("refact", Cuts.WORDS_AND_DIGITS),
          Map.entry("codeshell", Cuts.WORDS_AND_DIGITS),
          Map.entry("qwen2", Cuts.QWEN),
          Map.entry("deepseek-r1-qwen", Cuts.QWEN),
          Map.entry("llama-bpe", Cuts.LLAMA3),
          Map.entry("llama3", Cuts.LLAMA3),
          Map.entry("llama-v3", Cuts.LLAMA3),
          Map.entry("dbrx", Cuts.LLAMA3),
          Map.entry("gpt-4o", Cuts.GPT_4O));

  void addTo(ObjectNode root) {
    Cuts cuts = cuts();
    if (cuts == Cuts.QWEN) {
      root.putObject("normalizer").put("type", "NFC");
    } else {
      root.putNull("normalizer");
    }
    ObjectNode sequence = root.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    switch (cuts) {
      case WORDS -> bytes(steps.addObject(), true);
      case WORDS_AND_DIGITS -> {
        steps.addObject().put("type", "Digits").put("individual_digits", true);
        bytes(steps.addObject(), true);
      }
      case QWEN -> pattern(steps, PATTERN.formatted(""));
      case LLAMA3 -> pattern(steps, PATTERN.formatted("{1,3}"));
      case GPT_4O -> pattern(steps, CASED);
    }
    bytes(root.putObject("decoder"), true);
    model(root.putObject("model"), cuts == Cuts.LLAMA3);
  }

  private Cuts cuts() {
    String name = metadata.text(CUTS);
    Cuts cuts = NAMES.get(name);
    if (cuts == null) {
      throw metadata.wrong(CUTS, name, "one of " + NAMES.keySet().stream().sorted().toList());
    }
    return cuts;
  }

  private static void pattern(ArrayNode steps, String regex) {
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", regex);
    split.put("behavior", "Isolated").put("invert", false);
    bytes(steps.addObject(), false);
  }

  private static void bytes(ObjectNode step, boolean words) {
    step.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", false);
    step.put("use_regex", words);
  }

  private void model(ObjectNode model, boolean ignoreMerges) {
    model.put("type", "BPE").putNull("dropout").putNull("unk_token").put("fuse_unk", false);
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("byte_fallback", false).put("ignore_merges", ignoreMerges);
    GgufTokenizer.vocabulary(model.putObject("vocab"), tokens);
    ArrayNode merges = model.putArray("merges");
    for (List<String> pair : merges()) {
      merges.addArray().add(pair.getFirst()).add(pair.getLast());
    }
  }

  private List<List<String>> merges() {
    List<List<String>> pairs = new ArrayList<>();
    for (String merge : metadata.strings(MERGES)) {
      int space = merge.indexOf(' ', 1);
      if (space < 0 || space == merge.length() - 1) {
        throw metadata.wrong(MERGES, merge, "two parts with a space between them");
      }
      pairs.add(List.of(merge.substring(0, space), merge.substring(space + 1)));
    }
    return pairs;
  }
}
