package io.anyserve.jinja.syntax;

import io.anyserve.jinja.syntax.Stmt.Target;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses a whole template into statements. */
public final class TemplateParser {

  private static final String TAGS = "for, if, set, macro, with, filter, generation, raw";

  private final TokenCursor cursor;
  private final ExpressionParser expressions;
  private int loops;

  private TemplateParser(TokenCursor cursor) {
    this.cursor = cursor;
    this.expressions = new ExpressionParser(cursor);
  }

  public static List<Stmt> parse(String source) {
    TemplateParser parser = new TemplateParser(new TokenCursor(Lexer.tokens(source)));
    return parser.body("", 0, Set.of());
  }

  /** Statements up to one of the tags, whose name stays to be read. */
  private List<Stmt> body(String opener, int opened, Set<String> ends) {
    List<Stmt> statements = new ArrayList<>();
    while (true) {
      int line = cursor.line();
      switch (cursor.peek().kind()) {
        case DATA ->
            statements.add(new Stmt.Data(line, TrackedText.template(cursor.next().text())));
        case OUTPUT_BEGIN -> statements.add(output(line));
        case TAG_BEGIN -> {
          cursor.next();
          if (cursor.at(Token.Kind.NAME) && ends.contains(cursor.peek().text())) {
            return List.copyOf(statements);
          }
          statements.add(tag(line));
        }
        case END -> {
          if (ends.isEmpty()) {
            return List.copyOf(statements);
          }
          throw TemplateException.syntax(
              opened, "'%s' is never closed (expected: {%% end%s %%})".formatted(opener, opener));
        }
        case OUTPUT_END, TAG_END, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
            throw cursor.unexpected("text or a tag");
      }
    }
  }

  private Stmt output(int line) {
    cursor.next();
    Expr value = expressions.expressions();
    cursor.take(Token.Kind.OUTPUT_END, "'}}'");
    return new Stmt.Output(line, value);
  }

  private Stmt tag(int line) {
    cursor.enter();
    String name = cursor.name();
    Stmt statement =
        switch (name) {
          case "if" -> conditional(line);
          case "for" -> loop(line);
          case "set" -> assignment(line);
          case "macro" -> macro(line);
          case "with" -> with(line);
          case "generation" -> new Stmt.Scoped(line, List.of(), block(name, line));
          case "filter" -> new Stmt.FilterBlock(line, expressions.filters(), block(name, line));
          case "break", "continue" -> jump(line, name);
          default ->
              throw TemplateException.syntax(
                  line, "unexpected tag '%s' (expected: %s)".formatted(name, TAGS));
        };
    cursor.leave();
    return statement;
  }

  /** The rest of an opening tag, the body, and the closing tag. */
  private List<Stmt> block(String name, int line) {
    endTag();
    List<Stmt> body = body(name, line, Set.of("end" + name));
    cursor.next();
    endTag();
    return body;
  }

  private void endTag() {
    cursor.take(Token.Kind.TAG_END, "'%}'");
  }

  private Stmt conditional(int line) {
    List<Stmt.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    do {
      Expr condition = expressions.plainExpressions();
      endTag();
      branches.add(new Stmt.Branch(condition, body("if", line, Set.of("elif", "else", "endif"))));
    } while (cursor.takesName("elif"));
    if (cursor.takesName("else")) {
      endTag();
      otherwise = body("if", line, Set.of("endif"));
    }
    cursor.keyword("endif");
    endTag();
    return new Stmt.If(line, List.copyOf(branches), otherwise);
  }

  private Stmt loop(int line) {
    Target target = targets();
    cursor.keyword("in");
    Expr items = expressions.plainExpressions();
    Expr condition = cursor.takesName("if") ? expressions.expression() : null;
    endTag();
    loops++;
    List<Stmt> body = body("for", line, Set.of("else", "endfor"));
    loops--;
    List<Stmt> otherwise = List.of();
    if (cursor.takesName("else")) {
      endTag();
      otherwise = body("for", line, Set.of("endfor"));
    }
    cursor.keyword("endfor");
    endTag();
    return new Stmt.For(line, target, items, condition, body, otherwise);
  }

  private Stmt assignment(int line) {
    Target target = targets();
    if (cursor.takesOperator("=")) {
      Stmt assign = new Stmt.Assign(line, target, expressions.expressions());
      endTag();
      return assign;
    }
    List<Expr.Filter> filters =
        cursor.takesOperator("|") ? expressions.filters() : List.<Expr.Filter>of();
    return new Stmt.Capture(line, target, filters, outsideLoops("set", line));
  }

  private Stmt macro(int line) {
    String name = cursor.name();
    List<Stmt.Parameter> parameters = parameters();
    return new Stmt.Macro(line, name, parameters, outsideLoops("macro", line));
  }

  /** A body that a loop around it cannot be left from. */
  private List<Stmt> outsideLoops(String name, int line) {
    int outer = loops;
    loops = 0;
    List<Stmt> body = block(name, line);
    loops = outer;
    return body;
  }

  private List<Stmt.Parameter> parameters() {
    List<Stmt.Parameter> parameters = new ArrayList<>();
    cursor.operator("(");
    while (!cursor.takesOperator(")")) {
      String name = cursor.name();
      parameters.add(new Stmt.Parameter(name, otherwise()));
      if (!cursor.atOperator(")")) {
        cursor.operator(",");
      }
    }
    return List.copyOf(parameters);
  }

  private @Nullable Expr otherwise() {
    return cursor.takesOperator("=") ? expressions.expression() : null;
  }

  private Stmt with(int line) {
    List<Stmt.Binding> bindings = new ArrayList<>();
    while (!cursor.at(Token.Kind.TAG_END)) {
      Target target = target();
      cursor.operator("=");
      bindings.add(new Stmt.Binding(target, expressions.expression()));
      if (!cursor.at(Token.Kind.TAG_END)) {
        cursor.operator(",");
      }
    }
    return new Stmt.Scoped(line, List.copyOf(bindings), block("with", line));
  }

  private Stmt jump(int line, String name) {
    if (loops == 0) {
      throw TemplateException.syntax(line, "'%s' outside of a loop".formatted(name));
    }
    endTag();
    return name.equals("break") ? new Stmt.Break(line) : new Stmt.Continue(line);
  }

  private Target targets() {
    Target first = target();
    if (!cursor.atOperator(",")) {
      return first;
    }
    List<Target> targets = new ArrayList<>(List.of(first));
    while (cursor.takesOperator(",")) {
      targets.add(target());
    }
    return new Target.Unpacked(List.copyOf(targets));
  }

  private Target target() {
    if (cursor.takesOperator("(")) {
      cursor.enter();
      Target inner = targets();
      cursor.operator(")");
      cursor.leave();
      return inner;
    }
    String name = cursor.name();
    return cursor.takesOperator(".")
        ? new Target.NamespaceField(name, cursor.name())
        : new Target.Variable(name);
  }
}
