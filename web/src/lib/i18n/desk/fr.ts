import type { Message } from '../message';
import type en from './en';

export default {
  'desk.title': 'Accréditations',
  'desk.lead':
    'Qui demande à participer, la plus ancienne demande d’abord. La décision part aussitôt par courriel.',
  'desk.event': 'Point de presse',
  'desk.no_events': 'Aucun point de presse ne prend d’inscriptions',
  'desk.no_events.text': 'Annoncez un événement dans le programme ; les demandes arriveront ici.',
  'desk.to_programme': 'Vers le programme',
  'desk.states': 'Quelles demandes',
  'desk.empty.pending': 'Aucune demande n’attend de décision',
  'desk.empty.pending.text': 'Les nouvelles demandes apparaissent ici une fois l’adresse confirmée.',
  'desk.empty.other': 'Aucune demande dans cet état',
  'desk.asked': 'Demandé {when}',
  'desk.press_card': 'Carte de presse',
  'desk.language': 'Langue',
  'desk.message': 'Message',
  'desk.approve': 'Accepter',
  'desk.refuse': 'Refuser',
  'desk.approve_after_all': 'Accepter finalement',
  'desk.refuse_after_all': 'Retirer l’accord',
  'desk.approved': '{name} : acceptée ; le lien personnel est en route',
  'desk.refused': '{name} : refusée, notification envoyée',
  'desk.refuse.title': 'Refuser {name}, {outlet} ?',
  'desk.refuse.text': 'Le ou la journaliste reçoit un courriel avec votre motif.',
  'desk.refuse.reason': 'Motif, tel qu’il sera lu',
  'desk.decided.approved': 'Acceptée par {name}, {when}',
  'desk.decided.refused': 'Refusée par {name}, {when}',
  'desk.reason': 'Motif : {reason}',
  'desk.first.title': 'Un collègue a été plus rapide',
  'desk.first.approved': '{name} a accepté cette demande {when}. Votre décision n’a pas été enregistrée.',
  'desk.first.refused': '{name} a refusé cette demande {when}. Votre décision n’a pas été enregistrée.',
  'desk.first.withdrawn': 'La demande a été retirée entre-temps.',
  'desk.search': 'Chercher un nom, un média ou une adresse',
  'desk.search.none': 'Rien ne correspond à la recherche',
  'desk.refresh': 'Actualiser'
} satisfies Record<keyof typeof en, Message>;
