package io.anyserve.runtime.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;

/** A client of Kafka Streams that does what the test says, and never asks a broker. */
final class FakeStreams extends KafkaStreams {

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile State now = State.CREATED;
  private volatile @Nullable RuntimeException startFailure;
  private volatile boolean endless;
  private KafkaStreams.@Nullable StateListener states;
  private @Nullable StreamsUncaughtExceptionHandler failures;

  FakeStreams(Path directory) {
    super(topology(), config(directory));
  }

  private static Topology topology() {
    Topology topology = new Topology();
    topology.addSource("in", "in").addSink("out", "out", "in");
    return topology;
  }

  private static StreamsConfig config(Path directory) {
    return new StreamsConfig(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            "fake",
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            "127.0.0.1:9",
            StreamsConfig.STATE_DIR_CONFIG,
            directory.toString()));
  }

  /** Its start throws that. */
  FakeStreams failingAtStart(RuntimeException failure) {
    startFailure = failure;
    return this;
  }

  /** It ends at no close in time, or does again. */
  void endless(boolean is) {
    endless = is;
  }

  void moveTo(State next) {
    State before = now;
    now = next;
    if (states != null) {
      states.onChange(next, before);
    }
  }

  StreamThreadExceptionResponse die(Throwable failure) {
    if (failures == null) {
      throw new IllegalStateException("nobody handles " + failure);
    }
    return failures.handle(failure);
  }

  /** Frees what the real client holds. */
  void dispose() {
    super.close(org.apache.kafka.streams.CloseOptions.timeout(Duration.ofSeconds(10)));
  }

  @Override
  public synchronized void start() {
    calls.add("start");
    if (startFailure != null) {
      moveTo(State.ERROR);
      throw startFailure;
    }
    moveTo(State.REBALANCING);
  }

  @Override
  public State state() {
    return now;
  }

  @Override
  public synchronized boolean close(org.apache.kafka.streams.CloseOptions options) {
    calls.add("close " + new Membership(options));
    if (endless) {
      return false;
    }
    if (now != State.ERROR) {
      moveTo(State.NOT_RUNNING);
    }
    return true;
  }

  @Override
  public void cleanUp() {
    calls.add("cleanUp");
  }

  @Override
  public void setStateListener(KafkaStreams.@Nullable StateListener listener) {
    states = listener;
  }

  @Override
  public void setUncaughtExceptionHandler(@Nullable StreamsUncaughtExceptionHandler handler) {
    failures = handler;
  }

  List<String> calls() {
    return new ArrayList<>(calls);
  }

  /** Says what the options ask for. */
  private static final class Membership extends org.apache.kafka.streams.CloseOptions {
    Membership(org.apache.kafka.streams.CloseOptions options) {
      super(options);
    }

    @Override
    public String toString() {
      return operation.name();
    }
  }
}
