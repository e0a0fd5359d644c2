package io.anyserve.router.conversations.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.router.conversations.ListPosition;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/**
 * Page tokens: a kind, and where the next page begins. They name a place only: each call reads the
 * conversations of its own tenant, whatever its token says.
 */
final class ConversationPageToken {

  private static final String PATH = "path:";
  private static final String TREE = "tree:";
  private static final String LIST = "list:";
  private static final String EXPECTED = "the next_page_token of a response to the same call";

  private ConversationPageToken() {}

  static String ofPath(Optional<MessageId> next) {
    return next.map(id -> text(PATH + id)).orElse("");
  }

  static Optional<MessageId> path(String token) {
    return parse(token, PATH, MessageId::new);
  }

  static String ofTree(Optional<MessageId> last) {
    return last.map(id -> text(TREE + id)).orElse("");
  }

  static Optional<MessageId> tree(String token) {
    return parse(token, TREE, MessageId::new);
  }

  static String ofList(Optional<ListPosition> last) {
    return last.map(at -> text(LIST + at.updated() + ":" + at.session())).orElse("");
  }

  static Optional<ListPosition> list(String token) {
    return parse(token, LIST, ConversationPageToken::position);
  }

  private static ListPosition position(String text) {
    int colon = text.indexOf(':');
    return new ListPosition(
        Long.parseLong(text.substring(0, Math.max(0, colon))),
        new SessionId(text.substring(colon + 1)));
  }

  private static String text(String plain) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(UTF_8));
  }

  /** Empty for the first page. */
  private static <T> Optional<T> parse(String token, String kind, Function<String, T> read) {
    if (token.isEmpty()) {
      return Optional.empty();
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      Preconditions.that(plain.startsWith(kind), "page_token", token, EXPECTED);
      return Optional.of(read.apply(plain.substring(kind.length())));
    } catch (IllegalArgumentException e) {
      throw Preconditions.refused("page_token", Preconditions.printable(token), EXPECTED);
    }
  }
}
