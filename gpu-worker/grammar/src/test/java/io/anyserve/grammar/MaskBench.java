package io.anyserve.grammar;

import io.anyserve.grammar.regular.InvalidGrammarException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the data of guidance-ai/jsonschemabench ({@code maskbench/data}): which schemas compile,
 * which documents are allowed, and how long a mask takes.
 *
 * <p>Arguments: the folder, and a file with the bytes of each token in hexadecimal, one token to a
 * line. Texts are cut into the longest tokens from the left.
 */
public final class MaskBench {

  private static final int MOST_REASONS = 40;

  private final byte[][] vocabulary;
  private final TokenTrie trie;
  private final TokenMasks masks;
  private final Map<String, Integer> refused = new TreeMap<>();
  private final List<Long> compiling = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private long[] nanos = new long[1 << 20];
  private int measured;
  private int schemas;
  private int passing;
  private int wronglyRejected;
  private int tests;

  private MaskBench(byte[]... vocabulary) {
    this.vocabulary = vocabulary;
    this.trie = TokenTrie.of(vocabulary);
    this.masks = new TokenMasks(trie);
  }

  public static void main(String[] arguments) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(arguments[1]));
    var bench = new MaskBench(lines.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new));
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".json")).sorted().toList()) {
        bench.run(file.getFileName().toString(), JsonMapper.shared().readTree(file.toFile()));
      }
    }
    bench.report();
  }

  private void run(String name, JsonNode file) {
    schemas++;
    OutputGrammar grammar;
    long start = System.nanoTime();
    try {
      grammar = OutputGrammar.jsonSchema(file.get("schema").toString());
      compiling.add(System.nanoTime() - start);
    } catch (InvalidGrammarException e) {
      String reason = String.valueOf(e.getMessage());
      refused.merge(reason.replaceFirst("^#[^:]*/", ""), 1, Integer::sum);
      return;
    }
    boolean passes = true;
    for (JsonNode test : file.get("tests")) {
      tests++;
      boolean valid = test.get("valid").booleanValue();
      boolean allowed = allowed(grammar, spaced(test.get("data")));
      if (allowed && !valid) {
        wrong.add(name + ": " + test.get("data"));
      }
      if (valid && !allowed) {
        wronglyRejected++;
      }
      passes &= valid == allowed;
    }
    passing += passes ? 1 : 0;
  }

  private boolean allowed(OutputGrammar grammar, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    GrammarState state = grammar.start();
    int at = 0;
    while (at < bytes.length) {
      int token = longest(bytes, at);
      long start = System.nanoTime();
      long[] mask = masks.mask(state);
      measure(System.nanoTime() - start);
      GrammarState next = state.advance(vocabulary[token]);
      boolean allowed = ((mask[token / 64] >>> (token % 64)) & 1) != 0;
      if (allowed == next.failed()) {
        throw new IllegalStateException("mask and state differ: " + text.substring(0, 50));
      }
      if (!allowed) {
        return false;
      }
      state = next;
      at += vocabulary[token].length;
    }
    return state.mayEnd();
  }

  private int longest(byte[] bytes, int from) {
    int node = TokenTrie.ROOT;
    int found = -1;
    for (int i = from; i < bytes.length; i++) {
      int child = node + 1;
      while (child < trie.end(node) && trie.label(child) != bytes[i]) {
        child = trie.end(child);
      }
      if (child >= trie.end(node)) {
        break;
      }
      node = child;
      found = trie.token(node) >= 0 ? trie.token(node) : found;
    }
    return found;
  }

  private void measure(long duration) {
    if (measured == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * measured);
    }
    nanos[measured++] = duration;
  }

  /** As Python's json.dumps writes it. */
  private static String spaced(JsonNode value) {
    if (value.isArray()) {
      return "[" + String.join(", ", value.valueStream().map(MaskBench::spaced).toList()) + "]";
    }
    if (value.isObject()) {
      List<String> members = new ArrayList<>();
      value.forEachEntry(
          (name, member) ->
              members.add(JsonMapper.shared().writeValueAsString(name) + ": " + spaced(member)));
      return "{" + String.join(", ", members) + "}";
    }
    return value.toString();
  }

  private void report() {
    Arrays.sort(nanos, 0, measured);
    long sum = Arrays.stream(nanos, 0, measured).sum();
    compiling.sort(null);
    System.out.printf(
        "schemas %d, compiled %d, passing %d; tests %d, wrongly accepted %d, wrongly rejected %d%n",
        schemas, compiling.size(), passing, tests, wrong.size(), wronglyRejected);
    System.out.printf(
        "masks %d: mean %.1f us, p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f%n",
        measured,
        sum / 1e3 / measured,
        at(0.5) / 1e3,
        at(0.9) / 1e3,
        at(0.99) / 1e3,
        at(0.999) / 1e3,
        nanos[measured - 1] / 1e3);
    System.out.printf(
        "compiling: p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
        compiling.get(compiling.size() / 2) / 1e6,
        compiling.get(compiling.size() * 99 / 100) / 1e6,
        compiling.getLast() / 1e6);
    refused.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(MOST_REASONS)
        .forEach(reason -> System.out.println(reason.getValue() + " " + reason.getKey()));
    wrong.stream().limit(MOST_REASONS).forEach(System.out::println);
  }

  private long at(double share) {
    return nanos[(int) (share * (measured - 1))];
  }
}
