package io.anyserve.contracts;

import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;
import java.util.List;
import java.util.Set;

/**
 * One turn of a conversation.
 *
 * @param reasoning what the assistant thought before it answered
 * @param toolCalls what the assistant called
 * @param toolCallId of the call that a message of the role "tool" answers; empty in others
 * @param name whose message it is, such as the tool's name; may be empty
 * @param parts text and images in their order, instead of the content, where a user's message has
 *     an image
 */
public record ChatMessage(
    String role,
    String content,
    String reasoning,
    List<ToolCall> toolCalls,
    String toolCallId,
    String name,
    List<ContentPart> parts) {

  private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");
  private static final int LONGEST_NAME = 64;

  public ChatMessage {
    checkRole(role);
    toolCalls = List.copyOf(toolCalls);
    parts = List.copyOf(parts);
    Preconditions.text("message.content", content);
    Preconditions.text("message.reasoning", reasoning);
    Preconditions.that(
        toolCalls.size() <= ToolOptions.MOST,
        "message.tool_calls",
        toolCalls.size() + " calls",
        "at most " + ToolOptions.MOST);
    requireOnly("assistant", role, "message.reasoning", reasoning.isEmpty());
    requireOnly("assistant", role, "message.tool_calls", toolCalls.isEmpty());
    requireOnly("tool", role, "message.tool_call_id", toolCallId.isEmpty());
    if (!toolCallId.isEmpty()) {
      ToolCall.checkId("message.tool_call_id", toolCallId);
    }
    Preconditions.line("message.name", name);
    Preconditions.that(
        name.length() <= LONGEST_NAME,
        "message.name",
        Preconditions.printable(name),
        "at most " + LONGEST_NAME + " characters");
    if (!parts.isEmpty()) {
      requireOnly("user", role, "message.parts", false);
      Preconditions.that(
          content.isEmpty(), "message.content", "set beside parts", "one of the two");
      Preconditions.that(
          parts.stream().anyMatch(ChatMessage::isImage),
          "message.parts",
          "no image",
          "at least one, or content");
    }
  }

  /** Without images. */
  public ChatMessage(
      String role,
      String content,
      String reasoning,
      List<ToolCall> toolCalls,
      String toolCallId,
      String name) {
    this(role, content, reasoning, toolCalls, toolCallId, name, List.of());
  }

  /** Nothing but text. */
  public ChatMessage(String role, String content) {
    this(role, content, "", List.of(), "", "");
  }

  /** An answer. */
  public static ChatMessage assistant(String content, String reasoning, List<ToolCall> toolCalls) {
    return new ChatMessage("assistant", content, reasoning, toolCalls, "", "");
  }

  /** What a tool gave back. */
  public static ChatMessage toolResult(String toolCallId, String content) {
    return new ChatMessage("tool", content, "", List.of(), toolCallId, "");
  }

  /** Throws IllegalArgumentException where it is no role. */
  public static void checkRole(String role) {
    Preconditions.that(
        ROLES.contains(role),
        "message.role",
        Preconditions.printable(role),
        "system, user, assistant or tool");
  }

  private static void requireOnly(String owner, String role, String field, boolean unset) {
    Preconditions.that(
        unset || role.equals(owner), field, "of role " + role, "only of role " + owner);
  }

  /** A user's, with text and images in their order. */
  public static ChatMessage ofParts(List<ContentPart> parts, String name) {
    return new ChatMessage("user", "", "", List.of(), "", name, parts);
  }

  /** The same with other parts. */
  public ChatMessage withParts(List<ContentPart> others) {
    return new ChatMessage(role, content, reasoning, toolCalls, toolCallId, name, others);
  }

  private static boolean isImage(ContentPart part) {
    return switch (part) {
      case ContentPart.Image _, ContentPart.StoredImage _ -> true;
      case ContentPart.Text _ -> false;
    };
  }

  /** Its parts that are images. */
  public List<ContentPart> images() {
    return parts.stream().filter(ChatMessage::isImage).toList();
  }

  /** Neither text nor an image nor a call. */
  public boolean isEmpty() {
    return content.isEmpty() && parts.isEmpty() && toolCalls.isEmpty();
  }

  /** Bytes that it takes in a record, about. */
  public long size() {
    return 8
        + Utf8.length(content)
        + Utf8.length(reasoning)
        + Utf8.length(toolCallId)
        + Utf8.length(name)
        + toolCalls.stream().mapToLong(ToolCall::size).sum()
        + parts.stream().mapToLong(ContentPart::size).sum();
  }
}
