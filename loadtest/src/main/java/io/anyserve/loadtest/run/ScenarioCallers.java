package io.anyserve.loadtest.run;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.loadtest.trace.TokensTopicTrace;
import io.anyserve.loadtest.trace.TraceFile;
import io.anyserve.loadtest.trace.TraceReader;
import io.anyserve.loadtest.trace.TraceRequest;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The callers of a scenario, the same ones whatever serves them.
 *
 * @param keys API keys by the names of callers
 */
record ScenarioCallers(Scenario scenario, Map<String, String> keys) {

  /** Reads a trace as far as it will be replayed, so that a bad line does not end a long run. */
  void checkTrace() throws IOException {
    if (scenario.traffic() instanceof Traffic.Replay(var source, var speed, _)
        && source.isPresent()) {
      double end = scenario.times().warmUp().plus(scenario.times().duration()).toNanos() * speed;
      try (TraceReader trace = TraceFile.open(source.get().file(), source.get().format())) {
        Optional<TraceRequest> request = trace.next();
        while (request.isPresent() && request.get().nanos() < end) {
          request = trace.next();
        }
      }
    }
  }

  /** Those of a stretch of that length. */
  SessionSource source(Duration length) throws IOException {
    CallerMix mix = mix(scenario.callers());
    return switch (scenario.traffic()) {
      case Traffic.Open(var arrivals) ->
          SessionSources.open(mix, arrivals, length, new SplittableRandom(scenario.seed()));
      case Traffic.Closed(int callers) -> SessionSources.closed(mix, callers);
      case Traffic.Replay replay -> SessionSources.replay(mix, trace(replay), replay, length);
    };
  }

  private TraceReader trace(Traffic.Replay replay) throws IOException {
    if (replay.source().isPresent()) {
      Traffic.Source source = replay.source().get();
      return TraceFile.open(source.file(), source.format());
    }
    return TokensTopicTrace.read(
        new KafkaClients(scenario.target().kafka()),
        new TopicNames(scenario.target().topicPrefix()));
  }

  CallerMix mix(List<CallerProfile> callers) {
    return new CallerMix(callers, keys, "load-" + scenario.seed(), scenario.seed());
  }
}
