package io.anyserve.ingress.description;

import java.util.List;
import java.util.Map;

/** Conversations: lists, histories, branches. */
final class ChatOperations {

  private static final String SUMMARY =
      """
      "id": "8c1f", "title": "Once upon a time", "created": 1800000000, "updated": 1800000010\
      """;

  private static final String CONVERSATION = "{" + SUMMARY + ", \"current\": \"m2\"}";

  private ChatOperations() {}

  /** By the names of their routes. */
  static void addTo(Map<String, ApiOperation> operations) {
    operations.put("GET /sessions", list());
    operations.put("GET /chat/history/{id}", history());
    operations.put("PATCH /chat/history/{id}", change());
    operations.put("POST /chat/history/{id}/rollback", rollback());
    operations.put("DELETE /chat/history/{id}", delete());
    operations.put("GET /chat/history/{id}/export", export());
  }

  private static ApiOperation list() {
    return ApiOperation.of("listConversations", ApiTag.CONVERSATIONS, "List conversations")
        .says("A page of a search may be empty although `has_more`.")
        .query(QueryTable.SESSIONS)
        .answers(
            200,
            "A page of them.",
            ApiHeader.OF_CALLS,
            Content.json(
                "ConversationList",
                "{\"object\": \"list\", \"data\": [{" + SUMMARY + "}], \"has_more\": false}"));
  }

  private static ApiOperation history() {
    return ApiOperation.of("getConversation", ApiTag.CONVERSATIONS, "Read a conversation")
        .says("The messages of all branches; `parent` makes the tree of them.")
        .path("id", id())
        .query(QueryTable.HISTORY)
        .answers(
            200,
            "The conversation and a page of its messages.",
            ApiHeader.OF_CALLS,
            Content.json(
                "ConversationHistory",
                "{"
                    + SUMMARY
                    + ", \"current\": \"m1\", \"messages\": [{\"id\": \"m1\", \"parent\": null,"
                    + " \"role\": \"user\", \"content\": \"Once upon a time\","
                    + " \"created\": 1800000000, \"state\": \"complete\"}]}"))
        .fails(ErrorStatus.NOT_FOUND);
  }

  private static ApiOperation change() {
    return ApiOperation.of("changeConversation", ApiTag.CONVERSATIONS, "Rename, or change branch")
        .path("id", id())
        .body(Content.json("ConversationChange", "{\"title\": \"A story\"}"))
        .answers(
            200,
            "The conversation without its messages.",
            ApiHeader.OF_CALLS,
            Content.json("Conversation", CONVERSATION))
        .fails(ErrorStatus.NOT_FOUND);
  }

  private static ApiOperation rollback() {
    return ApiOperation.of("rollBackConversation", ApiTag.CONVERSATIONS, "Go back to a message")
        .says("What was behind it stays as a branch.")
        .path("id", id())
        .body(Content.json("ConversationRollback", "{\"message\": \"m1\"}"))
        .answers(
            200,
            "The conversation without its messages.",
            ApiHeader.OF_CALLS,
            Content.json("Conversation", CONVERSATION))
        .fails(ErrorStatus.NOT_FOUND);
  }

  private static ApiOperation delete() {
    return ApiOperation.of("deleteConversation", ApiTag.CONVERSATIONS, "Delete a conversation")
        .says("Stops its running answers. No error where there is none.")
        .path("id", id())
        .answers(204, "It is gone.", ApiHeader.OF_CALLS);
  }

  private static ApiOperation export() {
    return ApiOperation.of("exportConversation", ApiTag.CONVERSATIONS, "Export as Markdown")
        .says("The path that is shown.")
        .path("id", id())
        .answers(
            200,
            "The path as Markdown.",
            List.of(ApiHeader.REQUEST_ID),
            Content.text("text/markdown", "# Once upon a time\n\n## User\n\nOnce upon a time\n"))
        .fails(ErrorStatus.NOT_FOUND, ErrorStatus.CONTENT_TOO_LARGE);
  }

  private static Schema id() {
    return ConversationSchemas.id("Of the conversation, as its client chose it.").example("8c1f");
  }
}
