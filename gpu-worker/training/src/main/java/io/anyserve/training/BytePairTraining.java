package io.anyserve.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.training.BytePairEncoding.Merge;
import io.anyserve.worker.torch.text.ByteSymbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Learns byte pair merges: again and again the most frequent pair becomes one token.
 *
 * <p>Pair counts are kept up to date: a merge touches only the words that hold its pair, and a
 * queue with outdated entries yields the next best pair. Ties go to the smaller ids, so the result
 * depends on the texts alone.
 */
final class BytePairTraining {

  private static final int BYTES = 256;

  /** A pair with the count it had when it entered the queue. */
  private record Candidate(Merge pair, long count) {

    static final Comparator<Candidate> BEST_FIRST =
        Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.pair().left())
            .thenComparingInt(candidate -> candidate.pair().right());
  }

  private final List<int[]> words = new ArrayList<>();
  private final List<Long> frequencies = new ArrayList<>();
  private final Map<Merge, Long> counts = new HashMap<>();
  private final Map<Merge, Set<Integer>> holders = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.BEST_FIRST);

  private final List<String> spellingOfId = new ArrayList<>();

  /** What is a token already: two ways to merge the same letters would need one id twice. */
  private final Set<String> spellings = new HashSet<>();

  private BytePairTraining(Iterable<String> texts) {
    for (int b = 0; b < BYTES; b++) {
      spellingOfId.add(ByteSymbols.of(new byte[] {(byte) b}));
    }
    var frequency = new TreeMap<String, Long>();
    for (String text : texts) {
      BytePairEncoding.words(text).forEach(word -> frequency.merge(word, 1L, Long::sum));
    }
    frequency.forEach(this::addWord);
    counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
  }

  /**
   * A tokenizer of at most {@code vocabulary} ids, bytes and special tokens included; fewer when no
   * pair occurs twice any more.
   */
  static BytePairEncoding learn(Iterable<String> texts, int vocabulary) {
    int merges = vocabulary - BYTES - BytePairEncoding.SPECIAL_TOKENS.size();
    if (merges < 0) {
      throw new IllegalArgumentException("vocabulary: " + vocabulary + " (expected: >= 259)");
    }
    return new BytePairEncoding(new BytePairTraining(texts).merges(merges));
  }

  private List<Merge> merges(int limit) {
    var merges = new ArrayList<Merge>();
    while (merges.size() < limit) {
      Candidate best = queue.poll();
      if (best == null || best.count() < 2) {
        break;
      }
      if (count(best.pair()) == best.count() && spellings.add(spelling(best.pair()))) {
        apply(best.pair(), BYTES + merges.size());
        merges.add(best.pair());
        spellingOfId.add(spelling(best.pair()));
      }
    }
    return merges;
  }

  private String spelling(Merge pair) {
    return spellingOfId.get(pair.left()) + spellingOfId.get(pair.right());
  }

  private void apply(Merge pair, int id) {
    var touched = new LinkedHashSet<Merge>();
    for (int word : List.copyOf(holders.getOrDefault(pair, Set.of()))) {
      int[] before = words.get(word);
      int[] after = BytePairEncoding.merged(before, pair, id);
      count(before, word, -frequencies.get(word), touched);
      count(after, word, frequencies.get(word), touched);
      words.set(word, after);
    }
    counts.remove(pair);
    holders.remove(pair);
    touched.remove(pair);
    for (Merge changed : touched) {
      queue.add(new Candidate(changed, count(changed)));
    }
  }

  private void addWord(String word, long frequency) {
    byte[] bytes = word.getBytes(UTF_8);
    var ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xff;
    }
    words.add(ids);
    frequencies.add(frequency);
    count(ids, words.size() - 1, frequency, new LinkedHashSet<>());
  }

  /**
   * Adds {@code change} to the count of every pair of the word; a negative change takes the word
   * out.
   */
  private void count(int[] ids, int word, long change, Set<Merge> touched) {
    for (int i = 0; i + 1 < ids.length; i++) {
      var pair = new Merge(ids[i], ids[i + 1]);
      counts.merge(pair, change, Long::sum);
      touched.add(pair);
      Set<Integer> words = holders.computeIfAbsent(pair, unseen -> new LinkedHashSet<>());
      if (change > 0) {
        words.add(word);
      } else {
        words.remove(word);
      }
    }
  }

  private long count(Merge pair) {
    return counts.getOrDefault(pair, 0L);
  }
}
