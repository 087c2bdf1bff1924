"""The addresses of what is written: readers' pages, then the editors' desk."""

from django.urls import path

from .views import (
    articles,
    editor,
    hiding,
    matching,
    new,
    public,
    record,
    references,
    reports,
    submitting,
    to_do,
    versions,
)

urlpatterns = [
    # Readers.
    path("", public.home, name="home"),
    path("articles/<slug:slug>/", public.article, name="article"),
    path("articles/<slug:slug>/versions/", public.versions, name="article_versions"),
    path("articles/<slug:slug>/versions/<int:number>/", public.version, name="article_version"),
    path("policy/", public.policy, name="policy"),
    path("policy/<int:number>/", public.policy, name="policy_version"),
    path("status/", public.status_meaning, name="status_meaning"),
    path("contact/", public.contact, name="contact"),
    path("report/", public.report, name="report"),
    # Desk.
    path("desk/", to_do.to_do, name="to_do"),
    path("desk/articles/", articles.articles, name="articles"),
    path("desk/new/", new.new, name="new_article"),
    path("desk/articles/<slug:slug>/", record.record, name="record"),
    path("desk/articles/<slug:slug>/do/<slug:verb>/", record.do, name="do"),
    path("desk/articles/<slug:slug>/classify/", record.classify, name="classify"),
    path("desk/articles/<slug:slug>/hide/", hiding.hide, name="hide"),
    path("desk/articles/<slug:slug>/show/", hiding.show, name="show"),
    path("desk/articles/<slug:slug>/versions/<int:number>/", versions.version, name="desk_version"),
    path("desk/articles/<slug:slug>/compare/<int:old>/<int:new>/", versions.compare, name="compare"),
    path("desk/articles/<slug:slug>/edit/", editor.edit, name="edit"),
    path("desk/articles/<slug:slug>/match/", matching.match, name="match_numbers"),
    path("desk/articles/<slug:slug>/references/", references.references, name="edit_references"),
    path("desk/articles/<slug:slug>/fix/", editor.fix, name="quick_fix"),
    path("desk/articles/<slug:slug>/waive/", editor.waive, name="waive"),
    path("desk/articles/<slug:slug>/submit/", submitting.submit, name="submit"),
    path("desk/reports/", reports.reports, name="reports"),
    path("desk/reports/<int:number>/", reports.report, name="report_desk"),
    path("desk/reports/<int:number>/triage/", reports.triage, name="report_triage"),
    path("desk/reports/<int:number>/outcome/", reports.close, name="report_outcome"),
    path("desk/reports/<int:number>/start/", reports.start, name="report_start"),
    path("desk/reports/<int:number>/erase/", reports.erase, name="report_erase"),
]
