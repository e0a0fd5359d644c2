package io.anyserve.ingress.description;

import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.ingress.openai.ConversationParameters;
import java.util.Map;

/** Conversations and their messages, and the bodies of calls that change them. */
final class ConversationSchemas {

  static final String NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$";

  private ConversationSchemas() {}

  /** By the names of their components. */
  static void addTo(Map<String, Schema> schemas) {
    schemas.put("ConversationChange", change());
    schemas.put("ConversationRollback", rollback());
    schemas.put("ConversationList", list());
    schemas.put("ConversationSummary", summary("What lists say of a conversation."));
    schemas.put("Conversation", conversation("A conversation without its messages."));
    schemas.put("ConversationHistory", history());
    schemas.put("ConversationMessage", message());
    schemas.put("ConversationUsage", usage());
    schemas.put("ConversationCost", cost());
  }

  private static Schema change() {
    return new BodySchema(
            "ConversationChange", ConversationParameters.CHANGE, "A new title, or another branch.")
        .optional(
            "title",
            Schema.string("Renames it.")
                .pattern(CompletionBodies.LINE)
                .characters(0, Conversation.LONGEST_TITLE))
        .optional("current", id("Shows the newest branch behind this message."))
        .build()
        .either(CompletionBodies.given("title"), CompletionBodies.given("current"));
  }

  private static Schema rollback() {
    return new BodySchema(
            "ConversationRollback", ConversationParameters.ROLLBACK, "Where the path shall end.")
        .required("message", id("A message of the current path; what is behind it is a branch."))
        .build();
  }

  static Schema id(String description) {
    return Schema.string(description).pattern(NAME_PATTERN);
  }

  private static Schema list() {
    return Schema.object("Conversations, the one with the newest message first.")
        .required("object", Schema.constant("list"))
        .required("data", Schema.array("", Schema.ref("ConversationSummary")))
        .required("has_more", Schema.flag("Whether more follow behind `next_cursor`."))
        .optional("next_cursor", Schema.string("For the next page."));
  }

  private static Schema summary(String description) {
    return Schema.object(description)
        .required("id", id("Chosen by the client."))
        .required("title", Schema.string("Empty where it has none."))
        .required("created", time("When it began."))
        .required("updated", time("When its newest message came."));
  }

  private static Schema conversation(String description) {
    return summary(description)
        .required("current", id("The message where the path that is shown ends."));
  }

  private static Schema history() {
    return conversation("A conversation with a page of its messages, of all branches, by id.")
        .required("messages", Schema.array("", Schema.ref("ConversationMessage")))
        .optional("next_cursor", Schema.string("For the next page."));
  }

  private static Schema message() {
    return Schema.object("A message of a conversation.")
        .required("id", id("Unique in its conversation."))
        .required("parent", id("The message before it; null where it begins one.").orNull())
        .required("role", Schema.string("").values("system", "user", "assistant"))
        .required("content", Schema.string("Empty while the answer runs."))
        .required("created", time("When it was added."))
        .required("state", Schema.string("").values("complete", "running", "failed"))
        .optional("model", Schema.string("That answered."))
        .optional("request", Schema.string("That made the answer.").format("uuid"))
        .optional("usage", Schema.ref("ConversationUsage"))
        .optional("cost", Schema.ref("ConversationCost"))
        .optional("error", Schema.ref("ErrorDetail"));
  }

  static Schema time(String description) {
    return Schema.integer((description + " Seconds since the epoch.").strip()).format("int64");
  }

  private static Schema usage() {
    return Schema.object("Tokens of an answer.")
        .required("prompt_tokens", Schema.integer("").atLeast(0))
        .required("completion_tokens", Schema.integer("").atLeast(0))
        .required("cached", Schema.integer("Of the prompt, out of the cache.").atLeast(0));
  }

  private static Schema cost() {
    return Schema.object(
            "What the ledger charges for an answer. Absent where no price book has a price for it.")
        .required("cost_micros", Schema.integer("Millionths of the currency.").atLeast(0))
        .required("currency", Schema.string("ISO 4217.").pattern("^[A-Z]{3}$").example("EUR"))
        .required("price_version", Schema.string("Of the price book that the cost is from."));
  }
}
