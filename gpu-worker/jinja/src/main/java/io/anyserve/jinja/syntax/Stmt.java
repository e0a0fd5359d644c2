package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.TrackedText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template, with the line it begins on. */
public sealed interface Stmt {

  int line();

  /** What messages call this construct, empty where the message says it all. */
  default String construct() {
    return switch (this) {
      case For _ -> "for";
      case Assign _, Capture _ -> "set";
      case FilterBlock _ -> "filter";
      case Macro _ -> "macro";
      case Scoped _ -> "with";
      case Data _, Output _, If _, Break _, Continue _ -> "";
    };
  }

  record Data(int line, TrackedText text) implements Stmt {}

  record Output(int line, Expr value) implements Stmt {}

  record If(int line, List<Branch> branches, List<Stmt> otherwise) implements Stmt {}

  record For(
      int line,
      Target target,
      Expr items,
      @Nullable Expr condition,
      List<Stmt> body,
      List<Stmt> otherwise)
      implements Stmt {}

  record Assign(int line, Target target, Expr value) implements Stmt {}

  /** Renders the body into a variable. */
  record Capture(int line, Target target, List<Expr.Filter> filters, List<Stmt> body)
      implements Stmt {}

  record FilterBlock(int line, List<Expr.Filter> filters, List<Stmt> body) implements Stmt {}

  record Macro(int line, String name, List<Parameter> parameters, List<Stmt> body)
      implements Stmt {}

  /** A body with variables of its own: {@code with} and {@code generation}. */
  record Scoped(int line, List<Binding> bindings, List<Stmt> body) implements Stmt {}

  record Break(int line) implements Stmt {}

  record Continue(int line) implements Stmt {}

  record Branch(Expr condition, List<Stmt> body) {}

  record Parameter(String name, @Nullable Expr otherwise) {}

  record Binding(Target target, Expr value) {}

  /** What an assignment or a loop writes to. */
  sealed interface Target {

    record Variable(String name) implements Target {}

    record Unpacked(List<Target> targets) implements Target {}

    record NamespaceField(String namespace, String name) implements Target {}
  }
}
