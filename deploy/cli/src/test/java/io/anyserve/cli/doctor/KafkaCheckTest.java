package io.anyserve.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;

final class KafkaCheckTest {

  private static final short NEW = MetadataVersion.IBP_4_2_IV0.featureLevel();
  private static final short OLD = MetadataVersion.IBP_4_1_IV1.featureLevel();

  @Test
  void aNewClusterWithAllTopicsIsFine() throws Exception {
    var findings = check(cluster(NEW, 1, 3, Map.of()));

    assertTrue(findings.stream().allMatch(Ok.class::isInstance), findings.toString());
  }

  @Test
  void anOldVersionAndMissingShareGroupsAreProblems() throws Exception {
    var problems = problems(check(cluster(OLD, 0, 3, Map.of())));

    assertEquals(2, problems.size());
    assertTrue(problems.get(0).text().startsWith("metadata.version 4.1-IV1 (expected: 4.2"));
    assertTrue(problems.get(1).text().startsWith("share.version 0 (expected: 1"));
  }

  @Test
  void aLevelFromTheFutureIsFine() throws Exception {
    assertTrue(problems(check(cluster((short) 9999, 1, 3, Map.of()))).isEmpty());
  }

  @Test
  void moreCopiesThanBrokersAreAProblem() throws Exception {
    var problems = problems(check(cluster(NEW, 1, 1, Map.of())));

    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().text().contains("state of share groups: 3"));
  }

  @Test
  void missingTopicsAreProblemsAndDifferentOnesNotes() throws Exception {
    var findings =
        check(
            cluster(
                NEW,
                1,
                3,
                Map.of(
                    "anyserve.tokens", List.of("partitions: 8 (expected: 2)"),
                    "anyserve.usage", List.of("missing (expected: 1 partitions)"))));

    assertEquals(1, problems(findings).size());
    assertTrue(problems(findings).getFirst().advice().contains("topics create --kafka here:9092"));
    assertEquals(1, findings.stream().filter(Note.class::isInstance).count());
  }

  @Test
  void aClusterThatDoesNotAnswerIsOneProblem() throws Exception {
    KafkaCluster silent =
        new KafkaCluster() {
          @Override
          public Facts facts() {
            throw new KafkaException("timed out");
          }

          @Override
          public Map<String, List<String>> topicDifferences() {
            throw new AssertionError("asked a cluster that does not answer");
          }
        };

    var findings = check(silent);

    assertEquals(1, findings.size());
    assertTrue(findings.getFirst().text().contains("here:9092"), findings.toString());
    assertTrue(findings.getFirst().text().contains("timed out"), findings.toString());
  }

  private static List<Advice> check(KafkaCluster cluster) throws InterruptedException {
    return new KafkaCheck("here:9092", cluster).findings();
  }

  private static List<Problem> problems(List<Advice> findings) {
    return findings.stream().filter(Problem.class::isInstance).map(Problem.class::cast).toList();
  }

  private static KafkaCluster cluster(
      short metadata, int share, int brokers, Map<String, List<String>> differences) {
    KafkaCluster.Facts facts =
        new KafkaCluster.Facts(
            brokers,
            Map.of("metadata.version", metadata, "share.version", (short) share),
            OptionalInt.of(3));
    return new KafkaCluster() {
      @Override
      public Facts facts() {
        return facts;
      }

      @Override
      public Map<String, List<String>> topicDifferences() {
        return differences;
      }
    };
  }
}
