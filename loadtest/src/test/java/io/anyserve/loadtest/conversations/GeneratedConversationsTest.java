package io.anyserve.loadtest.conversations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GeneratedConversationsTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);

  @Test
  void oneTenantHasHalfOfThemAndEachOtherOneFifty() {
    Map<TenantId, Long> tenants =
        IntStream.range(0, 1_000)
            .mapToObj(number -> GeneratedConversations.id(number).tenant())
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertEquals(11, tenants.size());
    assertEquals(500, tenants.remove(GeneratedConversations.LARGE));
    assertTrue(tenants.values().stream().allMatch(count -> count == 50), tenants.toString());
    assertEquals(
        GeneratedConversations.id(998),
        GeneratedConversations.ofLarge(GeneratedConversations.shareOfLarge(1_000) - 1));
  }

  @Test
  void theMessagesAreOnePathThatEndsAtItsTime() {
    List<ConversationMessage> messages = new GeneratedConversations(40).messages(7, NOW);
    Conversation conversation = GeneratedConversations.conversation(7, messages);

    assertEquals(40, conversation.messages());
    assertEquals(NOW, conversation.updated());
    assertEquals(messages.getLast().id(), conversation.leaf());
    for (int i = 0; i < messages.size(); i++) {
      assertEquals(
          i == 0 ? Optional.empty() : Optional.of(messages.get(i - 1).id()),
          messages.get(i).parent());
    }
    assertEquals(messages, new GeneratedConversations(40).messages(7, NOW));
  }
}
