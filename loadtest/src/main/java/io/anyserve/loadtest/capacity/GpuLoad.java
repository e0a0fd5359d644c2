package io.anyserve.loadtest.capacity;

/**
 * What GPUs are asked to do.
 *
 * @param gpus of all workers
 * @param gpusOfWorker that one worker process serves as one engine
 * @param slots of each GPU
 * @param usage share of the slots that are in use
 * @param engine of each GPU
 * @param request the usual one
 */
public record GpuLoad(
    int gpus, int gpusOfWorker, int slots, double usage, Engine engine, Request request) {

  public GpuLoad {
    require("GPUs", gpus, gpus >= 1, "at least 1");
    require("GPUs of a worker", gpusOfWorker, gpusOfWorker >= 1, "at least 1");
    require("slots", slots, slots >= 1, "at least 1");
    require("usage", usage, usage > 0 && usage <= 1, "above 0, at most 1");
  }

  /**
   * How long a step takes, which brings a token of each sequence.
   *
   * @param stepMillis of each step
   * @param sequenceMillis for each sequence in it
   */
  public record Engine(double stepMillis, double sequenceMillis) {

    public Engine {
      require("step", stepMillis, stepMillis > 0, "above 0");
      require("sequence", sequenceMillis, sequenceMillis >= 0, "at least 0");
    }
  }

  /**
   * A request of average size.
   *
   * @param promptBytes of its prompt
   * @param answerTokens of its answer, each of which is a chunk
   * @param cancelled share of requests whose callers leave
   */
  public record Request(double promptBytes, double answerTokens, double cancelled) {

    public Request {
      require("prompt", promptBytes, promptBytes >= 0, "at least 0");
      require("answer", answerTokens, answerTokens >= 1, "at least 1");
      require("cancelled", cancelled, cancelled >= 0 && cancelled <= 1, "0 to 1");
    }
  }

  private static void require(String name, double value, boolean right, String expected) {
    if (!right) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** The same of other GPUs. */
  public GpuLoad withGpus(int count) {
    return new GpuLoad(count, gpusOfWorker, slots, usage, engine, request);
  }

  /** Processes of workers. */
  public int workers() {
    return Math.ceilDiv(gpus, gpusOfWorker);
  }

  /** Sequences in the engines at once. */
  public double inFlight() {
    return gpus * slots * usage;
  }

  /** Sequences in the engine of a worker. */
  double batch() {
    return Math.min(gpusOfWorker, gpus) * slots * usage;
  }

  private double stepsPerSecond() {
    return 1_000 / (engine.stepMillis() + engine.sequenceMillis() * slots * usage);
  }

  public double tokensPerSecond() {
    return inFlight() * stepsPerSecond();
  }

  public double requestsPerSecond() {
    return tokensPerSecond() / request.answerTokens();
  }

  /**
   * Records of {@code tokens}: the chunks of a step share one for each partition that they are for.
   *
   * @param partitions over which requests are spread evenly
   */
  public double recordsPerSecond(int partitions) {
    double touched = partitions * (1 - Math.pow(1 - 1.0 / partitions, batch()));
    return workers() * stepsPerSecond() * touched + 2 * requestsPerSecond();
  }
}
