package io.anyserve.contracts.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.AccessRights.Right;
import io.anyserve.contracts.topic.AccessRights.Role;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

final class AccessRightsTest {

  private static final TopicNames TOPICS = new TopicNames("any.");

  private final AccessRights rights = new AccessRights(TOPICS);

  @Test
  void everyTopicIsWrittenAndReadBySomebody() {
    for (AclOperation operation : List.of(AclOperation.READ, AclOperation.WRITE)) {
      Set<String> open =
          services()
              .filter(right -> right.operation() == operation)
              .map(right -> right.resource().name())
              .collect(Collectors.toCollection(HashSet::new));
      // Written and read by commands, or read by those who own them.
      open.addAll(
          List.of(
              TOPICS.capabilities(),
              TOPICS.prices(),
              TOPICS.deadLetters(),
              TOPICS.results(),
              TOPICS.sessionUsage(),
              TOPICS.tenantUsage(),
              TOPICS.usageWindows()));
      Set<String> closed =
          new TopicCatalogue(TOPICS, TopicPartitioning.STANDALONE)
              .fixed().stream()
                  .map(TopicSpec::name)
                  .filter(name -> !open.contains(name))
                  .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(Set.of(), closed, operation + " of nobody");
    }
  }

  @Test
  void noServiceMayDoWhatOnlyOperatorsDo() {
    List<AclOperation> operators = List.of(AclOperation.ALL, AclOperation.ALTER);
    assertTrue(services().noneMatch(right -> operators.contains(right.operation())));
    assertTrue(
        services()
            .noneMatch(
                right ->
                    right.operation() == AclOperation.WRITE
                        && right.resource().name().equals(TOPICS.prices())));
  }

  @Test
  void submittersReachNothingButTheirTwoTopics() {
    assertEquals(
        Set.of("any.intake WRITE", "any.results READ"),
        rights.of(Role.SUBMITTER).stream()
            .map(right -> right.resource().name() + " " + right.operation())
            .collect(Collectors.toSet()));
  }

  @Test
  void anEmptyPrefixStandsForAllNames() {
    assertTrue(
        new AccessRights(new TopicNames(""))
            .of(Role.OPERATOR).stream()
                .map(Right::resource)
                .toList()
                .contains(new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL)));
  }

  private Stream<Right> services() {
    return Arrays.stream(Role.values())
        .filter(role -> role != Role.OPERATOR && role != Role.SUBMITTER)
        .flatMap(role -> rights.of(role).stream());
  }
}
