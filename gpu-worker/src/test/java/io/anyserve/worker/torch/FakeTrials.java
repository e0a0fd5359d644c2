package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionTrials;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A machine as its author says it is. What it says nothing about is refused. */
public final class FakeTrials implements PrecisionTrials {

  private final Map<Precision, Layer> layers = new EnumMap<>(Precision.class);
  private final Map<Precision, String> refusals = new EnumMap<>(Precision.class);
  private final List<Precision> opened = new ArrayList<>();

  /** A layer with fixed figures; a busy machine takes longer in every second turn. */
  private static final class Layer implements Trial {

    private final double error;
    private final long nanos;
    private final long busy;
    private int turns;

    Layer(double error, long nanos, long busy) {
      this.error = error;
      this.nanos = nanos;
      this.busy = busy;
    }

    @Override
    public double error() {
      return error;
    }

    @Override
    public long oneRow() {
      return turns++ % 3 == 0 ? busy : nanos;
    }

    @Override
    public long eightRows() {
      return 2 * nanos;
    }
  }

  public FakeTrials has(Precision precision, double error, long nanos) {
    return has(precision, error, nanos, nanos);
  }

  public FakeTrials has(Precision precision, double error, long nanos, long busy) {
    layers.put(precision, new Layer(error, nanos, busy));
    return this;
  }

  public FakeTrials refuses(Precision precision, String message) {
    refusals.put(precision, message);
    return this;
  }

  public int turns(Precision precision) {
    Layer layer = layers.get(precision);
    return layer == null ? 0 : layer.turns;
  }

  /** In the order in which they were tried. */
  public List<Precision> opened() {
    return opened;
  }

  @Override
  public Trial open(Precision precision) {
    opened.add(precision);
    Layer layer = layers.get(precision);
    if (layer == null) {
      throw new EngineException(refusals.getOrDefault(precision, "no such thing here"));
    }
    return layer;
  }
}
