package io.anyserve.loadtest.targets;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.EventFormat;
import io.anyserve.loadtest.scenario.TargetKind;
import io.anyserve.loadtest.scenario.TargetSettings;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.InstantSource;

/** Opens targets. */
public final class Targets {

  private Targets() {}

  /** A target of that kind, at the addresses of the settings. */
  public static LoadTarget open(
      TargetKind kind, TargetSettings settings, InstantSource clock, long seed) {
    return switch (kind) {
      case GRPC -> new GrpcTarget(settings);
      case HTTP_COMPLETIONS -> new HttpTarget(settings, EventFormat.COMPLETION);
      case HTTP_CHAT -> new HttpTarget(settings, EventFormat.CHAT);
      case KAFKA ->
          IntakeTarget.start(
              new KafkaClients(settings.kafka()),
              new TopicNames(settings.topicPrefix()),
              clock,
              seed ^ clock.millis());
    };
  }
}
