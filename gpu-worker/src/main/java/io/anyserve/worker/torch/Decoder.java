package io.anyserve.worker.torch;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.torch.NextToken.Candidate;
import io.anyserve.worker.torch.NextToken.Ranking;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.cache.KvPages;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.TensorSource;
import io.anyserve.worker.torch.model.WeightPacker;
import io.anyserve.worker.torch.precision.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A decoder in memory: packed weights and a cache of fixed slots, one call of its module per step.
 *
 * <p>A step takes any set of slots, in any order and of any lengths. What a row computes depends on
 * its own sequence alone; with packed bf16 and f32 to the last bit, in other precisions up to
 * rounding, because there libtorch picks another matrix product for other numbers of rows.
 *
 * <p>One thread, the engine thread, makes it, calls it and closes it.
 */
final class Decoder implements AutoCloseable {

  private static final double COLDEST = 1e-3;
  private static final TokenChoice GREEDY = new TokenChoice(SamplingParams.GREEDY);

  private final ModelConfig config;
  private final KvCacheConfig cache;
  private final PtNDManager manager;
  private final PtSymbolBlock module;
  private final DecoderState state;

  /**
   * One token to feed.
   *
   * @param position of the token in its sequence; all positions before it are in the slot already
   * @param choice how the token at the next position is chosen
   */
  record Row(int slot, int position, int token, TokenChoice choice) {

    /** From the logits as they are. */
    Row(int slot, int position, int token, SamplingParams sampling) {
      this(slot, position, token, new TokenChoice(sampling));
    }
  }

  private Decoder(
      ModelConfig config,
      KvCacheConfig cache,
      PtNDManager manager,
      PtSymbolBlock module,
      DecoderState state) {
    this.config = config;
    this.cache = cache;
    this.manager = manager;
    this.module = module;
    this.state = state;
  }

  /** Compiles the module and packs the weights; the source is not read afterwards. */
  static Decoder load(
      PtNDManager parent,
      ModelConfig config,
      Precision precision,
      KvCacheConfig cache,
      TensorSource source) {
    PtNDManager manager = (PtNDManager) parent.newSubManager();
    try {
      var shape = new DecoderScript(config, precision);
      PtSymbolBlock module = TorchScriptArchive.load(manager, shape.text());
      var weights = new WeightLoader(new WeightPacker(module, manager, source), shape);
      DecoderState state = DecoderState.load(weights, cache);
      return new Decoder(config, cache, manager, module, state);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  KvCacheConfig cache() {
    return cache;
  }

  /** What each slot holds of the cache's memory; nothing yet. */
  KvPages pages() {
    return new KvPages(cache.slots(), KvCacheConfig.PAGE, cache.pages(), state.memory(cache));
  }

  /**
   * Writes the last part of a prompt into the slot and returns the token that follows it.
   *
   * @param position of the part in the prompt; all before it is in the slot already
   */
  NextToken prefill(int slot, int position, int[] part, TokenChoice choice) {
    return prefill(slot, position, PromptPart.text(part), choice);
  }

  /** Likewise, of a part that may have images. */
  NextToken prefill(int slot, int position, PromptPart part, TokenChoice choice) {
    Row[] rows = rows(slot, position, part.plainTokens(), choice);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      images(call, part);
      reachOfPart(call, rows);
      String method = part.hasImages() ? "prefill_images" : "prefill";
      return next(call, method, rows[rows.length - 1]).getFirst();
    }
  }

  /** Writes a part of a prompt into the slot. */
  void fill(int slot, int position, int[] part) {
    fill(slot, position, PromptPart.text(part));
  }

  /** Likewise, of a part that may have images. */
  void fill(int slot, int position, PromptPart part) {
    Row[] rows = rows(slot, position, part.plainTokens(), GREEDY);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      images(call, part);
      reachOfPart(call, rows);
      if (part.hasImages()) {
        call.borrowed(state.values()).run("fill_images");
      } else {
        call.flag(true).borrowed(state.values()).run("fill");
      }
    }
  }

  /** Which tokens of a part take their vectors from images. */
  private void images(ModuleCall call, PromptPart part) {
    if (part.hasImages()) {
      long[] places = part.places();
      call.tensor(places, new Shape(places.length));
      call.tensor(part.vectors(), new Shape(places.length, config.hidden()));
    }
  }

  /** Gives one slot the first tokens of another, as they were written there. */
  void copy(int from, int to, int tokens) {
    cache.row(from, tokens - 1);
    try (var call = new ModuleCall(module, manager)) {
      call.number(cache.row(from, 0))
          .number(cache.row(to, 0))
          .number(tokens)
          .borrowed(state.values())
          .run("copy_rows");
    }
  }

  /**
   * Writes tokens that were decoded earlier, by the same arithmetic as {@link #decode}: what
   * follows is bit for bit what would have followed then.
   */
  void replay(int slot, int position, int[] tokens) {
    Row[] rows = rows(slot, position, tokens, GREEDY);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      reach(call, rows);
      call.flag(false).borrowed(state.values()).run("fill");
    }
  }

  /**
   * The next token of each row; rows that are not independent sequences are the caller's mistake.
   */
  List<NextToken> decode(List<Row> batch) {
    Row[] rows = batch.toArray(new Row[0]);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      reach(call, rows);
      return next(call, "decode", rows);
    }
  }

  /** Only where a row asks how likely tokens were, the module computes it. */
  private List<NextToken> next(ModuleCall call, String method, Row... rows) {
    draws(call, rows);
    int[] ranked =
        IntStream.range(0, rows.length).filter(i -> rows[i].choice.ranked().isPresent()).toArray();
    if (ranked.length == 0) {
      long[] tokens = call.borrowed(state.values()).longs(method);
      return Arrays.stream(tokens).mapToObj(id -> new NextToken(Math.toIntExact(id))).toList();
    }
    long[] tops =
        Arrays.stream(ranked)
            .mapToLong(i -> Math.min(rows[i].choice.ranked().getAsInt(), config.vocabulary()))
            .toArray();
    call.list(Arrays.stream(ranked).asLongStream().toArray()).list(tops);
    double[] told = call.borrowed(state.values()).doubles(method + "_ranked");
    return rankings(told, rows.length, ranked, tops);
  }

  /** Of the tokens, and behind them for each ranked row its logprob, the best ids and theirs. */
  private static List<NextToken> rankings(double[] told, int rows, int[] ranked, long[] tops) {
    List<NextToken> tokens = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      tokens.add(new NextToken((int) told[i]));
    }
    int at = rows;
    for (int j = 0; j < ranked.length; j++) {
      int top = (int) tops[j];
      Candidate chosen = Candidate.of(told[ranked[j]], told[at++]);
      List<Candidate> best = new ArrayList<>(top);
      for (int i = 0; i < top; i++) {
        best.add(Candidate.of(told[at + i], told[at + top + i]));
      }
      at += 2 * top;
      tokens.set(ranked[j], new NextToken(chosen.token(), Optional.of(Ranking.of(chosen, best))));
    }
    return tokens;
  }

  /** The logits after each token of a part of a prompt, row by row, as f32; writes it like fill. */
  float[] logits(int slot, int position, int[] part) {
    Row[] rows = rows(slot, position, part, GREEDY);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      reachOfPart(call, rows);
      return call.flag(true).borrowed(state.values()).floats("logits");
    }
  }

  /** Likewise, of a part that has images. */
  float[] logits(int slot, int position, PromptPart part) {
    Row[] rows = rows(slot, position, part.plainTokens(), GREEDY);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      images(call, part);
      reachOfPart(call, rows);
      return call.borrowed(state.values()).floats("logits_images");
    }
  }

  /** The logits of the next token of each row, row by row, as f32. */
  float[] logits(List<Row> batch) {
    Row[] rows = batch.toArray(new Row[0]);
    try (var call = new ModuleCall(module, manager)) {
      where(call, rows);
      reach(call, rows);
      return call.flag(false).borrowed(state.values()).floats("logits");
    }
  }

  @Override
  public void close() {
    state.close();
    module.close();
    manager.close();
  }

  private static Row[] rows(int slot, int position, int[] tokens, TokenChoice choice) {
    Row[] rows = new Row[tokens.length];
    Arrays.setAll(rows, i -> new Row(slot, position + i, tokens[i], choice));
    return rows;
  }

  /** Token, position and cache row of each row; checked here because libtorch would not. */
  private void where(ModuleCall call, Row... rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("rows: 0 (expected: >= 1)");
    }
    int length = rows.length;
    long[] where = new long[3 * length];
    for (int i = 0; i < length; i++) {
      where[i] = checkedToken(rows[i].token);
      where[length + i] = rows[i].position;
      where[2 * length + i] = cache.row(rows[i].slot, rows[i].position);
    }
    call.tensor(where, new Shape(3, length));
  }

  private int checkedToken(int token) {
    if (token < 0 || token >= config.vocabulary()) {
      throw new IllegalArgumentException(
          "token: " + token + " (expected: 0 to " + (config.vocabulary() - 1) + ")");
    }
    return token;
  }

  /** The stretch of the cache that each row attends to. */
  private void reach(ModuleCall call, Row... rows) {
    long[] starts = new long[rows.length];
    long[] ends = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      starts[i] = cache.row(rows[i].slot, 0);
      ends[i] = starts[i] + rows[i].position + 1;
    }
    call.list(starts).list(ends);
  }

  /** The stretch of the cache up to the end of a part of a prompt. */
  private void reachOfPart(ModuleCall call, Row... rows) {
    Row last = rows[rows.length - 1];
    long start = cache.row(last.slot, 0);
    call.list(new long[] {start}).list(new long[] {start + last.position + 1});
  }

  /** Which rows sample, and with what; empty lists leave every row greedy. */
  private void draws(ModuleCall call, Row... rows) {
    int[] sampled = sampledRows(rows);
    int count = sampled.length;
    long[] topK = new long[count];
    double[] temperature = new double[count];
    double[] topP = new double[count];
    double[] floors = new double[count];
    double[] typical = new double[count];
    double[] uniforms = new double[count];
    for (int i = 0; i < count; i++) {
      SamplingParams sampling = rows[sampled[i]].choice.sampling();
      temperature[i] = sampling.temperature();
      topK[i] = sampling.truncation().topK();
      topP[i] = sampling.truncation().topP();
      floors[i] = floor(sampling.truncation().minP());
      typical[i] = sampling.truncation().typicalP();
      uniforms[i] = PhiloxRandom.uniform(sampling.seed(), rows[sampled[i]].position + 1);
    }
    long[] indices = Arrays.stream(sampled).asLongStream().toArray();
    call.list(indices).list(temperature).list(topK).list(topP);
    call.list(floors).list(typical).list(uniforms);
    repetitions(call, rows);
    additions(call, rows);
    constraints(call, rows);
  }

  /** Which rows may take some tokens only, and a bit for each token of each of them. */
  private void constraints(ModuleCall call, Row... rows) {
    int[] constrained =
        IntStream.range(0, rows.length)
            .filter(i -> rows[i].choice.constraint().isPresent())
            .toArray();
    int words = (config.vocabulary() + 63) / 64;
    long[] allowed = new long[Math.max(1, constrained.length * words)];
    for (int i = 0; i < constrained.length; i++) {
      rows[constrained[i]].choice.constraint().get().write(allowed, i * words);
    }
    call.list(Arrays.stream(constrained).asLongStream().toArray());
    call.tensor(allowed, new Shape(allowed.length));
  }

  /** How much less likely than the likeliest token a token may be, as a logarithm; 0 for any. */
  private static double floor(double minP) {
    return minP > 0 ? Math.min(Math.log(minP), -Double.MIN_NORMAL) : 0;
  }

  /** The penalties of which logits, counted through all rows; empty lists leave them alone. */
  private void repetitions(ModuleCall call, Row... rows) {
    int count = Arrays.stream(rows).mapToInt(row -> row.choice.adjustments().repeated()).sum();
    long[] places = new long[count];
    double[] penalties = new double[count];
    int next = 0;
    for (int i = 0; i < rows.length && count > 0; i++) {
      LogitAdjustments adjustments = rows[i].choice.adjustments();
      adjustments.writeRepeated(places, penalties, next, (long) i * config.vocabulary());
      next += adjustments.repeated();
    }
    call.list(places).list(penalties);
  }

  /** What is added to which logits, counted through all rows; empty lists leave them alone. */
  private void additions(ModuleCall call, Row... rows) {
    int count = Arrays.stream(rows).mapToInt(row -> row.choice.adjustments().added()).sum();
    long[] places = new long[count];
    double[] amounts = new double[count];
    int next = 0;
    for (int i = 0; i < rows.length && count > 0; i++) {
      LogitAdjustments adjustments = rows[i].choice.adjustments();
      adjustments.writeAdded(places, amounts, next, (long) i * config.vocabulary());
      next += adjustments.added();
    }
    call.list(places).list(amounts);
  }

  private static int[] sampledRows(Row... rows) {
    return IntStream.range(0, rows.length).filter(i -> draws(rows[i].choice.sampling())).toArray();
  }

  /**
   * A very cold draw is the likeliest token, and the division by its temperature would overflow.
   */
  private static boolean draws(SamplingParams sampling) {
    return sampling.temperature() >= COLDEST && sampling.truncation().topK() != 1;
  }
}
