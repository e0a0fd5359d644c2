package io.anyserve.cli;

import io.anyserve.ingress.description.ApiDescription;
import io.anyserve.ingress.http.HttpRoutes;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Describes the HTTP API. */
@Command(
    mixinStandardHelpOptions = true,
    name = "api",
    description = "Describe the HTTP API.",
    sortOptions = false)
public final class ApiCommand {

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      mixinStandardHelpOptions = true,
      description = "Print the OpenAPI 3.1 document of the HTTP API with the default settings.")
  int openapi() {
    return print(ApiDescription.openApi(HttpRoutes.all()));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Print a Postman collection (2.1) of the HTTP API.")
  int postman() {
    return print(ApiDescription.postman(HttpRoutes.all()));
  }

  private int print(String document) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(document);
    out.flush();
    return 0;
  }
}
