package io.anyserve.training;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes the shipped model from nothing: {@code TrainStoryModel --out DIR --steps N --seed S}.
 *
 * <p>Tokenizer, first weights and every batch follow from the seed. Set {@code
 * OMP_WAIT_POLICY=PASSIVE} in the environment where other programs share the processor.
 */
public final class TrainStoryModel {

  private static final int VOCABULARY = 2048;
  private static final int TOKENIZER_DOCUMENTS = 12_000;
  private static final int REPORT_STEPS = 50;
  private static final int CHECKPOINT_STEPS = 100;
  private static final List<String> PROMPTS =
      List.of(
          "Once upon a time",
          "One sunny day,",
          "The little dog",
          "<|im_start|>user\nHello!<|im_end|>\n<|im_start|>assistant\n",
          "<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n",
          "<|im_start|>user\nTell me a story about a fox.<|im_end|>\n<|im_start|>assistant\n");

  private final TrainingOptions options;
  private final PrintStream out;

  private TrainStoryModel(TrainingOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] args) {
    System.exit(exitCode(args, System.out, System.err));
  }

  /** 0 when trained, 1 when a file could not be read or written, 2 when the arguments are wrong. */
  static int exitCode(String[] args, PrintStream out, PrintStream err) {
    try {
      new TrainStoryModel(TrainingOptions.parse(args), out).run();
      return 0;
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println(TrainingOptions.USAGE);
      return 2;
    } catch (IOException e) {
      err.println("cannot train: " + e);
      return 1;
    }
  }

  private void run() throws IOException {
    var random = new SplittableRandom(options.seed());
    BytePairEncoding encoding = tokenizer(random.split());
    ModelShape shape = ModelShape.story(encoding.size());
    var folder = new ModelFolder(options.out());
    folder.writeSettings(shape, encoding);
    Engine engine = Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(1); // threads compute shards, see Trainer
    JniUtils.setGraphExecutorOptimize(false);
    try (var manager = (PtNDManager) engine.newBaseManager();
        var threads = Executors.newFixedThreadPool(options.threads());
        var trainer = new Trainer(manager, shape, start(shape, random.split()))) {
      out.println("vocabulary " + encoding.size() + ", parameters " + trainer.parameters());
      var windows = new TrainingBatches(encoding, new TrainingCorpus(random.split()));
      train(trainer, windows, threads, folder);
      showSamples(trainer, encoding);
    }
  }

  private TrainingState start(ModelShape shape, SplittableRandom random) throws IOException {
    List<WeightSpec> specs = WeightSpec.all(shape);
    return Files.exists(stateFile())
        ? TrainingState.read(stateFile(), specs)
        : TrainingState.fresh(specs, random);
  }

  private Path stateFile() {
    return options.out().resolve("training.state");
  }

  private BytePairEncoding tokenizer(SplittableRandom random) {
    var documents = new TrainingCorpus(random);
    var texts = new ArrayList<String>();
    for (int i = 0; i < TOKENIZER_DOCUMENTS; i++) {
      texts.add(withoutSpecialTokens(documents.get()));
    }
    return BytePairTraining.learn(texts, VOCABULARY);
  }

  private void train(
      Trainer trainer, TrainingBatches windows, ExecutorService threads, ModelFolder folder)
      throws IOException {
    LrSchedule schedule = LrSchedule.story(options.steps());
    int done = trainer.steps();
    skip(windows, schedule, done);
    long start = System.nanoTime();
    double loss = 0;
    for (int step = done; step < schedule.steps(); step++) {
      float now = trainer.step(shards(windows, schedule, step), schedule.rate(step), threads);
      loss = step == done ? now : 0.98 * loss + 0.02 * now;
      if (step % REPORT_STEPS == 0) {
        report(step, loss, schedule, done, System.nanoTime() - start);
      }
      if ((step + 1) % CHECKPOINT_STEPS == 0) {
        trainer.state().write(stateFile());
        folder.writeWeights(trainer);
      }
    }
    report(schedule.steps() - 1, loss, schedule, done, System.nanoTime() - start);
    folder.writeWeights(trainer);
    Files.deleteIfExists(stateFile());
  }

  /** A run that goes on must not see the same texts again. */
  private static void skip(TrainingBatches windows, LrSchedule schedule, int steps) {
    for (int step = 0; step < steps; step++) {
      shards(windows, schedule, step);
    }
  }

  private static List<Batch> shards(TrainingBatches windows, LrSchedule schedule, int step) {
    var shards = new ArrayList<Batch>();
    for (int shard = 0; shard < LrSchedule.SHARDS; shard++) {
      shards.add(windows.next(schedule.rows(step), schedule.length(step)));
    }
    return shards;
  }

  private void report(int step, double loss, LrSchedule schedule, int skipped, long nanos) {
    double seconds = nanos / 1e9;
    double tokens = (step + 1.0) * schedule.tokensPerStep();
    out.printf(
        Locale.ROOT,
        "step %d, loss %.4f, rate %.5f, %.2f M tokens, %.0f tokens/s, %.0f s%n",
        step,
        loss,
        schedule.rate(step),
        tokens / 1e6,
        (step + 1.0 - skipped) * schedule.tokensPerStep() / seconds,
        seconds);
  }

  private void showSamples(Trainer trainer, BytePairEncoding encoding) {
    for (String prompt : PROMPTS) {
      var random = new SplittableRandom(options.seed());
      out.println(
          "> " + prompt + TextSampler.continuation(trainer, encoding, prompt, 0.7, 120, random));
    }
  }

  private static String withoutSpecialTokens(String document) {
    String text = document;
    for (String token : BytePairEncoding.SPECIAL_TOKENS) {
      text = text.replace(token, "");
    }
    return text;
  }
}
