package io.anyserve.router.conversations.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.router.conversations.ListPosition;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConversationPageTokenTest {

  @Test
  void eachTokenLeadsToItsPlace() {
    Optional<MessageId> message = Optional.of(new MessageId("m:1"));
    assertEquals(message, ConversationPageToken.path(ConversationPageToken.ofPath(message)));
    assertEquals(message, ConversationPageToken.tree(ConversationPageToken.ofTree(message)));
    var position = Optional.of(new ListPosition(1_800_000_000_000L, new SessionId("c:1:2")));
    assertEquals(position, ConversationPageToken.list(ConversationPageToken.ofList(position)));
  }

  @Test
  void noTokenIsTheFirstPageAndTheLast() {
    assertEquals("", ConversationPageToken.ofPath(Optional.empty()));
    assertEquals("", ConversationPageToken.ofList(Optional.empty()));
    assertEquals(Optional.empty(), ConversationPageToken.path(""));
    assertEquals(Optional.empty(), ConversationPageToken.list(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"path:m1", "list:", "list:c1", "list:x:c1", "list:1:", "list:1:a/b", "x"})
  void otherTokensAreRefused(String plain) {
    String token =
        Base64.getUrlEncoder()
            .encodeToString(plain.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertEquals(
        "page_token: \""
            + token
            + "\" (expected: the next_page_token of a response to the same call)",
        assertThrows(IllegalArgumentException.class, () -> ConversationPageToken.list(token))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> ConversationPageToken.tree("?!"));
  }
}
