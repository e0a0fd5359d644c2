package io.anyserve.ingress.description;

import java.util.Map;

/** The state of the system, and what every failed call is answered. */
final class SystemSchemas {

  private SystemSchemas() {}

  /** By the names of their components. */
  static void addTo(Map<String, Schema> schemas) {
    schemas.put("System", system());
    schemas.put("SystemWorker", worker());
    schemas.put("SystemCapability", capability());
    schemas.put("SystemRequest", request());
    schemas.put("ErrorDetail", detail());
    schemas.put(
        "Error",
        Schema.object("What a failed call is answered.")
            .required("error", Schema.ref("ErrorDetail")));
  }

  private static Schema system() {
    Schema requests =
        Schema.object("The requests of the caller's tenant at this ingress.")
            .required("in_flight", Schema.integer("").atLeast(0))
            .required("waiting", Schema.integer("That no worker took yet.").atLeast(0));
    return Schema.object("What this ingress knows of the system.")
        .required("object", Schema.constant("system"))
        .optional("usage_url", Schema.string("Of the usage page.").format("uri"))
        .required("workers", Schema.array("That take work now.", Schema.ref("SystemWorker")))
        .required("capabilities", Schema.array("", Schema.ref("SystemCapability")))
        .required("requests", requests)
        .required(
            "recent",
            Schema.array(
                "The caller's last requests, at most 20, of the last minute.",
                Schema.ref("SystemRequest")));
  }

  private static Schema worker() {
    return Schema.object("A worker that lives.")
        .required("id", Schema.string(""))
        .required("running", Schema.integer("Sequences in its engines.").atLeast(0))
        .required("capabilities", Schema.array("", Schema.string("")));
  }

  private static Schema capability() {
    return Schema.object("What workers offer.")
        .required("id", Schema.string(""))
        .required("models", Schema.array("", Schema.string("")))
        .required("engines", Schema.array("", Schema.string("")))
        .required("workers", Schema.integer("").atLeast(0))
        .required("slots", Schema.integer("Requests that run at once.").atLeast(0))
        .optional("context_length", Schema.integer("Tokens.").atLeast(1));
  }

  private static Schema request() {
    Schema usage =
        Schema.object("Of one that ended.")
            .required("prompt_tokens", Schema.integer("").atLeast(0))
            .required("completion_tokens", Schema.integer("").atLeast(0));
    return Schema.object("A request of the caller's tenant.")
        .required("id", Schema.string("").format("uuid"))
        .required("session", Schema.string(""))
        .required("age_ms", Schema.integer("Since its last event.").atLeast(0))
        .required("state", Schema.string("").values("running", "finished", "failed", "cancelled"))
        .optional("model", Schema.string("Once a worker took it."))
        .optional("worker", Schema.string("Once a worker took it."))
        .optional("attempt", Schema.integer("Once a worker took it."))
        .optional("reason", Schema.string("Why it failed or was cancelled."))
        .optional("usage", usage);
  }

  private static Schema detail() {
    return Schema.object("What went wrong.")
        .required("message", Schema.string("Names the given and the expected value."))
        .required("type", Schema.string("The kind of the failure."))
        .required("param", Schema.string("The parameter or the header that is wrong.").orNull())
        .required("code", Schema.string("For programs."));
  }
}
