"""Which parts of a text are not in English: other scripts, words of other languages, strings that are no words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.screening.grammar import FUNCTION_WORDS
from pipeline.screening.rules import Passage, Token
from pipeline.screening.spelling import is_known, is_listed, misspelling, unknown_words
from pipeline.screening.word_lists import closed_list

_OTHER_SCRIPT: Final = re.compile(
    r"[^\W\d_\x00-\u024f\u0250-\u02af\u02b0-\u02ff\u1e00-\u1eff\uff21-\uff5a\ufb00-\ufb06]+"
)
_GREEK: Final = re.compile(r"[\u0370-\u03ff]{1,3}")
"""So few Greek letters are symbols."""
_IDEOGRAPH: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NAME_IDEOGRAPHS: Final = 5
"""So many characters may be the name of a place."""
_LOOKED_AT: Final = 60
"""Words by which a sentence is judged."""
_FEWEST: Final = 2
"""A single strange word may be anything."""
_SENTENCE_ENDS: Final = re.compile(r"[.!?;:\n。！？]")

_LANGUAGES: Final[Mapping[str, frozenset[str]]] = {
    "German": closed_list(
        """und ist sind der das im auf mit wird werden nicht ein eine einen einem einer zwei drei vier fünf sechs viele
        mehrere sich befindet befinden liegt liegen zeigt zu sehen über unter neben zwischen links rechts oben unten
        mitte bild schiff schiffe schiffen hafen brücke brücken fluss gebäude straße strasse straßen flugzeug
        flugzeuge wald feld felder stadt wo wie welche welches gibt dem den des von zum zur nein auch sowie kein
        keine"""
    ),
    "French": closed_list(
        """une des les est sont dans avec sur et du au aux deux trois quatre cinq plusieurs navire navires bateau
        bateaux pont ponts bâtiment bâtiments batiments rivière riviere forêt foret aéroport avion avions montre
        gauche droite haut centre-ville combien où quel quelle quels quelles il ya voit vue aérienne aerienne oui ne
        pas aucun aucune près de la le en ville mer champ champs"""
    ),
    "Spanish": closed_list(
        """el los las unos unas hay está están esta con en por y una del dos tres cuatro cinco varios varias barco
        barcos buque buques puente puentes río rio edificio edificios muestra aeropuerto avión avion aviones
        izquierda derecha arriba abajo cuántos cuantos cuál dónde donde es son se la de imagen ciudad campo cruza
        puerto cerca muelle"""
    ),
    "Portuguese": closed_list(
        """uma há está estão com em não nao no na nos nas dois duas três quatro vários várias navio navios ponte pontes
        edifício edifícios aeroporto avião aviões esquerda direita acima abaixo quantos quantas qual onde são é os
        as do da de imagem mostra cidade campo barcos porto perto um"""
    ),
    "Italian": closed_list(
        """il gli una uno è sono con nel nella nei sul sulla della delle degli dei due tre quattro cinque diversi
        diverse nave navi ponte ponti fiume edificio edifici mostra aeroporto aereo aerei sinistra destra sopra
        sotto quanti quante quale dove ci immagine città campo barche porto vicino e di la le lo molo"""
    ),
    "Dutch": closed_list(
        """een het zijn zich met van op naast tussen schip schepen brug bruggen rivier gebouw gebouwen haven vliegtuig
        vliegtuigen links rechts boven onder afbeelding toont hoeveel waar welke twee drie vier vijf meerdere er
        ligt liggen bij langs weg stad veld en de"""
    ),
    "Swedish": closed_list(
        """det finns är och på en ett tre fyra fartyg hamnen hamn bro broar flod byggnader bilden visar vänster höger
        som med av till från båtar flygplan många hur var"""
    ),
    "Turkish": closed_list(
        """var bir ve iki üç gemi gemiler köprü nehir bina binalar görüntü kaç sol sağ ile yol liman"""
    ),
    "Polish": closed_list(
        """jest są i w na trzy dwa statki statek most mosty rzeka budynki obraz ile po lewej prawej"""
    ),
}
_WEAK: Final = closed_list(
    """de la le les las los el del des du di da do das den der des von van en et y e no na nos nas as os em em con
        se er es is im me due tre dove si port porto rio il lo al une un om op dem unter links links mole sur mer
        ponte donde son ne pas et du au aux weg campo con esta links var bir ile sol hur som till av most i w po an
        bro"""
)
"""Also English, or in names: alone they tell nothing."""

_STRONG: Final = frozenset().union(*_LANGUAGES.values()) - _WEAK - FUNCTION_WORDS
_FOREIGN: Final = _STRONG | _WEAK
_SHORT_ANSWERS: Final = closed_list("oui nein ja sí si sí não nao sim nee ano evet")


class Foreign(NamedTuple):
    """A part of a text that is not in English; the language is named where its words tell it."""

    start: int
    end: int
    language: str | None


@lru_cache(maxsize=2)
def unknown(words: frozenset[str]) -> tuple[str, ...]:
    """The words that the dictionary lacks, looked up once for all rules."""
    return tuple(unknown_words(words))


def foreign_parts(passage: Passage) -> Iterator[Foreign]:
    """The parts of a text that are not in English, sentence by sentence; a foreign name alone is none."""
    if not passage.text.isascii():
        other = _in_other_script(passage.text)
        if other is not None:
            yield other
            return
    if (
        len(passage.words) == 1
        or not passage.words.isdisjoint(_STRONG)
        or 2 * len(unknown(passage.words)) >= len(passage.words)
    ):
        for sentence in _sentences(passage):
            found = _foreign_sentence(passage.text, sentence)
            if found is not None:
                yield found


def _in_other_script(text: str) -> Foreign | None:
    runs = [found for found in _OTHER_SCRIPT.finditer(text) if not _GREEK.fullmatch(found[0])]
    if not runs:
        return None
    letters = sum(len(run[0]) for run in runs)
    ideographs = len(_IDEOGRAPH.findall(text))
    latin = sum(letter.isalpha() for letter in text) - letters
    if latin > 2 * letters and len(runs) <= 2 and ideographs <= _NAME_IDEOGRAPHS:
        return None
    return Foreign(runs[0].start(), runs[-1].end(), None)


def _sentences(passage: Passage) -> Iterator[list[Token]]:
    sentence: list[Token] = []
    for token in passage.tokens:
        if sentence and _SENTENCE_ENDS.search(passage.text, sentence[-1].end, token.start):
            yield sentence
            sentence = []
        if not token.text[0].isdigit():
            sentence.append(token)
    if sentence:
        yield sentence


def _foreign_sentence(text: str, sentence: list[Token]) -> Foreign | None:
    words = [token.text for token in sentence[:_LOOKED_AT]]
    start, end = sentence[0].start, sentence[-1].end
    if len(words) == 1:
        is_foreign = words[0] in _SHORT_ANSWERS or (words[0] in _STRONG and not is_listed(words[0]))
        return Foreign(start, end, None) if is_foreign else None
    language, hits = _likeliest(words) if not _STRONG.isdisjoint(words) else (None, 0)
    if hits >= 2 and hits > sum(word in FUNCTION_WORDS and word not in _FOREIGN for word in words):
        return Foreign(start, end, language)
    strange = [token for token in sentence[:_LOOKED_AT] if token.text in _STRONG or _is_strange(token.text)]
    is_name = language is None and sum(text[token.start].islower() for token in strange) < _FEWEST
    if len(strange) >= max(_FEWEST, len(words) / 2) and not is_name:
        return Foreign(start, end, language)
    return None


def _likeliest(words: list[str]) -> tuple[str, int]:
    """The language that has most of ``words``, and how many."""
    hits = {language: sum(word in listed for word in words) for language, listed in _LANGUAGES.items()}
    language = max(hits, key=hits.__getitem__)
    return language, hits[language]


def _is_strange(word: str) -> bool:
    """Whether ``word`` is neither English nor a slip for an English word."""
    return len(word) > 2 and word.isalpha() and not is_known(word) and misspelling(word) is None
