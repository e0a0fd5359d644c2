package io.anyserve.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigException;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class IngressConfigTest {

  private static final KafkaClients KAFKA = KafkaClients.of("127.0.0.1:9092");
  private static final TopicNames TOPICS = TopicNames.withDefaultPrefix();

  @Test
  void anEmptyTableIsTheLocalDefault() {
    assertEquals(IngressConfig.local(7400, KAFKA, TOPICS, Optional.empty()), read("[ingress]"));
  }

  @Test
  void everythingCanBeSet() {
    var settings =
        read(
            """
            [ingress]
            host = "0.0.0.0"
            port = 7000
            drain = "3s"
            instance = "ingress-2"
            reply-partitions = 2
            input-bytes = 1000
            in-flight = 10
            resumes = 15
            waiting-events = 20
            waiting-bytes = 30
            deadline = "1m"
            max-deadline = "2m"
            resume-key = "0123456789abcdef"
            disconnect-grace = "20s"
            router = "router.example:7420"
            allowed-hosts = "chat.example"
            cors-origins = "https://chat.example"
            calls-per-minute = 60
            max-message-characters = 100
            max-answer-tokens = 200
            trim-answers = true
            tls-certificate = "server.pem"
            tls-key = "server.key"
            tls-client-ca = "clients.pem"

            [[ingress.key]]
            id = "acme-1"
            sha256 = "%s"
            tenant = "acme"
            admin = true
            """
                .formatted("a".repeat(64)));
    assertEquals("0.0.0.0", settings.listen().host());
    assertEquals(Duration.ofSeconds(3), settings.listen().drain());
    assertEquals(2, settings.log().replyPartitions());
    assertEquals(Set.of("chat.example"), settings.listen().http().web().hosts().names());
    assertTrue(settings.listen().http().web().origins().lists("https://chat.example"));
    assertEquals(OptionalInt.of(60), settings.limits().callsPerMinute());
    assertEquals(new RequestCaps(100, 200, true), settings.limits().caps());
    assertEquals(
        Optional.of(
            new TlsFiles(
                Path.of("server.pem"), Path.of("server.key"), Optional.of(Path.of("clients.pem")))),
        settings.listen().tls());
    assertEquals(10, settings.limits().streams().inFlight());
    assertEquals(15, settings.limits().streams().resumes());
    assertEquals(Duration.ofSeconds(20), settings.limits().streams().grace());
    assertEquals(Optional.of(new IngressConfig.Address("router.example", 7420)), settings.router());
    assertEquals(Duration.ofMinutes(2), settings.limits().waits().most());
    assertEquals("acme", settings.access().keys().getFirst().tenant().value());
    assertTrue(settings.access().keys().getFirst().admin());
    assertFalse(settings.toString().contains("0123456789abcdef"), settings.toString());
  }

  @Test
  void allMistakesAreReportedTogether() {
    List<String> problems =
        problems(
            """
            [ingress]
            port = 70000
            reply-partitions = 3
            deadline = "2h"
            resume-key = "short"
            router = "nowhere"
            colour = "blue"

            [[ingress.key]]
            id = "acme-1"
            sha256 = "not a hash"
            tenant = "acme"
            admin = true
            """);
    assertEquals(7, problems.size(), problems.toString());
    for (String key :
        List.of(
            "port", "reply-partitions", "deadline", "resumeKey", "sha256", "router", "colour")) {
      assertTrue(problems.stream().anyMatch(problem -> problem.contains(key)), key);
    }
  }

  private static IngressConfig read(String toml) {
    var settings = Config.parse(toml, Map.of());
    var ingress = IngressConfig.read(settings, KAFKA, TOPICS, Optional.empty());
    settings.check(Set.of("ingress"));
    return ingress;
  }

  private static List<String> problems(String toml) {
    return assertThrows(ConfigException.class, () -> read(toml)).problems();
  }
}
