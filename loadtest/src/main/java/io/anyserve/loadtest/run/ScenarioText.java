package io.anyserve.loadtest.run;

import io.anyserve.loadtest.arrivals.Arrivals;
import io.anyserve.loadtest.arrivals.RateCurve;
import io.anyserve.loadtest.report.Texts;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.TargetSettings;
import io.anyserve.loadtest.scenario.Traffic;

/** Says in a sentence what a scenario sends. */
final class ScenarioText {

  private ScenarioText() {}

  static String of(Scenario scenario) {
    return "%s for %d s after %d s of warm-up, %s%s"
        .formatted(
            traffic(scenario.traffic()),
            scenario.times().duration().toSeconds(),
            scenario.times().warmUp().toSeconds(),
            target(scenario.target()),
            scenario
                .backlog()
                .map(backlog -> "; a backlog of " + Texts.number(backlog.requests()) + " requests")
                .orElse(""));
  }

  private static String traffic(Traffic traffic) {
    return switch (traffic) {
      case Traffic.Open(Arrivals(RateCurve.Steady(double rate), boolean random)) ->
          (random ? "Poisson arrivals at " : "arrivals at even distances, ")
              + Texts.number(rate)
              + "/s";
      case Traffic.Open(Arrivals(RateCurve.Ramp(double from, double to), _)) ->
          "arrivals that change from %s/s to %s/s".formatted(Texts.number(from), Texts.number(to));
      case Traffic.Open(Arrivals(RateCurve.Bursts bursts, _)) ->
          "arrivals at %s/s with bursts of %s/s for %s s every %s s"
              .formatted(
                  Texts.number(bursts.perSecond()),
                  Texts.number(bursts.burstPerSecond()),
                  Texts.number(bursts.length().toMillis() / 1e3),
                  Texts.number(bursts.every().toMillis() / 1e3));
      case Traffic.Closed(int callers) -> callers + " callers at a time (closed loop)";
      case Traffic.Replay(var source, double speed, _) ->
          "a replay of %s, %s times as fast"
              .formatted(
                  source
                      .map(file -> String.valueOf(file.file().getFileName()))
                      .orElse("the topic tokens"),
                  Texts.number(speed));
    };
  }

  private static String target(TargetSettings target) {
    String addresses = String.join(", ", target.addresses());
    return switch (target.kind()) {
      case GRPC -> "gRPC streams from " + addresses;
      case HTTP_COMPLETIONS -> "completions as server-sent events from " + addresses;
      case HTTP_CHAT -> "chats as server-sent events from " + addresses;
      case KAFKA -> "submissions to Kafka at " + target.kafka().get("bootstrap.servers");
    };
  }
}
