//! What the service does: it takes orders. This is how traced code looks; it knows no exporter.

use std::fmt;
use std::thread;

use telespan::{
    Baggage, InSpan, SpanContext, SpanKind, Tracer, Value, current_context, extract, inject, with_current,
};

use crate::runtime::{Runtime, Task, wait_a_turn};

/// How many orders come in. Each makes ten spans: the request, its validation, two for each of three
/// articles, the payment and the receipt.
pub(crate) const ORDERS: i64 = 4;

/// The trace that all orders belong to: that of the caller, who sampled it.
pub(crate) const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

const ARTICLES: [(&str, f64); 3] = [("tea", 4.5), ("honey", 7.25), ("spoon", 3.0)];

/// Takes all orders, side by side.
pub(crate) async fn take_orders(tracer: Tracer, runtime: Runtime) {
    let order = |number| -> Task {
        let tracer = tracer.clone();
        Box::pin(async move { take_order(&tracer, runtime, number).await })
    };
    runtime.all((1..=ORDERS).map(order).collect()).await;
}

/// One request, from its headers to its receipt.
async fn take_order(tracer: &Tracer, runtime: Runtime, number: i64) {
    let headers = [("traceparent", format!("00-{TRACE_ID}-00f067aa0ba902b7-01"))];
    // The caller sampled its trace, so all of this is recorded, whatever the sampling rate.
    let mut request =
        tracer.span("POST /orders").kind(SpanKind::Server).parent(extract(&headers[..]).parent).start();
    request.set_attribute("http.request.method", "POST").set_attribute("order.number", number);

    let work = async {
        validate(tracer);
        runtime.all(ARTICLES.iter().map(|&(article, price)| reserve(tracer, article, price)).collect()).await;
        let payment = pay(tracer, number);
        let status = if payment.is_ok() { 201 } else { 402 };
        with_current(|span| {
            span.set_attribute("http.response.status_code", status);
            if let Err(refused) = &payment {
                span.record_error(refused);
            }
        });
        send_receipt(tracer, payment.ok().flatten());
    };
    work.in_span(request).await;
}

/// A synchronous part: its span is current until the end of the function.
fn validate(tracer: &Tracer) {
    let mut span = tracer.start("validate");
    span.set_attribute("order.articles", ARTICLES.iter().map(|(name, _)| *name).collect::<Value<'_>>())
        .set_attribute("order.total", ARTICLES.iter().map(|(_, price)| price).sum::<f64>())
        .set_attribute("order.gift", false);
    let _entered = span.enter();
    with_current(|span| {
        span.add_event("validated", &[("rules", Value::from(7))]);
    });
}

/// A task of its own: the span goes with it from thread to thread.
fn reserve(tracer: &Tracer, article: &'static str, price: f64) -> Task {
    let mut span = tracer.span("reserve").kind(SpanKind::Client).start();
    span.set_attribute("article", article).set_attribute("price", price);
    let tracer = tracer.clone();
    let work = async move {
        wait_a_turn().await;
        // Below `reserve`, on whatever thread that is by now.
        let mut query = tracer.span("UPDATE stock").kind(SpanKind::Client).start();
        query.set_attribute("db.system.name", "postgresql");
        wait_a_turn().await;
        query.add_event("row locked", &[("article", Value::from(article))]);
    };
    Box::pin(work.in_span(span))
}

/// A thread of its own: it is told what it works for. Returns what a receipt can refer to.
fn pay(tracer: &Tracer, number: i64) -> Result<Option<SpanContext>, CardRefused> {
    let order = current_context();
    let tracer = tracer.clone();
    let payment = thread::spawn(move || {
        let mut span = tracer.span("pay").kind(SpanKind::Client).parent(order).start();
        let mut outgoing = Vec::<(String, String)>::new();
        inject(span.context(), &Baggage::EMPTY, &mut outgoing);
        // ... the request to the bank would carry these headers ...
        span.set_attribute("bank.headers", outgoing.len() as i64);
        if number == ORDERS {
            span.record_error(&CardRefused);
            return Err(CardRefused);
        }
        Ok(span.context().cloned())
    });
    payment.join().expect("payments do not panic")
}

/// Points at the payment, which is no parent of it.
fn send_receipt(tracer: &Tracer, payment: Option<SpanContext>) {
    let mut span = tracer.span("send receipt").kind(SpanKind::Producer).start();
    if let Some(payment) = payment {
        span.add_link(&payment, &[("relation", Value::from("receipt for"))]);
    }
}

/// The bank said no.
#[derive(Debug)]
struct CardRefused;

impl fmt::Display for CardRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the card was refused")
    }
}

impl std::error::Error for CardRefused {}
